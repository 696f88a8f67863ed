"""Writes the Homebrew formula and the PKGBUILD of the version into build/.

python packaging/make_recipes.py dist/codex_voice-VERSION.tar.gz URL_OF_THAT_FILE HOMEPAGE
"""

from __future__ import annotations

import argparse
import hashlib
import tomllib
from pathlib import Path

from codex_voice import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

FORMULA = """\
class CodexVoice < Formula
  include Language::Python::Virtualenv

  desc "{summary}"
  homepage "{homepage}"
  url "{url}"
  sha256 "{sha256}"
  license "{license}"

  depends_on "portaudio"
  depends_on "python@3.13"

  # The dependencies come as wheels: whisper.cpp and the terminal engine take long to build.
  def install
    virtualenv_create(libexec, "python3.13")
    system libexec/"bin/python", "-m", "ensurepip"
    system libexec/"bin/python", "-m", "pip", "install", buildpath
    bin.install_symlink libexec/"bin/codex-voice"
    generate_completions_from_executable(bin/"codex-voice", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/codex-voice --version")
    system bin/"codex-voice", "doctor", "--only", "libraries"
  end
end
"""

PKGBUILD = """\
# Maintainer: codex-voice
pkgname=codex-voice
pkgver={version}
pkgrel=1
pkgdesc="{summary}"
arch=(x86_64 aarch64)
url="{homepage}"
license=({license})
depends=(python portaudio)
makedepends=(python-pip)
optdepends=('npm: installs the Codex CLI')
options=(!strip)
source=("{url}")
sha256sums=({sha256})

package() {{
  python -m venv "$pkgdir/opt/codex-voice"
  "$pkgdir/opt/codex-voice/bin/pip" install "$srcdir/codex_voice-$pkgver"
  sed -i "s|$pkgdir||" "$pkgdir"/opt/codex-voice/bin/* "$pkgdir/opt/codex-voice/pyvenv.cfg"
  install -d "$pkgdir/usr/bin"
  ln -s /opt/codex-voice/bin/codex-voice "$pkgdir/usr/bin/codex-voice"
  install -Dm644 "$srcdir/codex_voice-$pkgver/LICENSE" "$pkgdir/usr/share/licenses/$pkgname/LICENSE"
}}
"""


def render(source: Path, url: str, homepage: str) -> dict[str, str]:
    """Return the recipes by file name.

    Args:
        source: The source distribution, whose checksum goes into them.
        url: Where it is published.
        homepage: The project's page.
    """
    facts = {
        "homepage": homepage,
        "license": PROJECT["license"],
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "summary": PROJECT["description"].removesuffix("."),
        "url": url,
        "version": __version__,
    }
    return {"codex-voice.rb": FORMULA.format(**facts), "PKGBUILD": PKGBUILD.format(**facts)}


def main() -> None:
    """Write the recipes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("url")
    parser.add_argument("homepage")
    options = parser.parse_args()
    directory = ROOT / "build"
    directory.mkdir(exist_ok=True)
    for name, text in render(options.source, options.url, options.homepage).items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
