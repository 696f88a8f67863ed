"""Takes the place of a contributed hook that asks for the metadata of "webrtcvad" and fails.

The distribution is called webrtcvad-wheels.
"""

from PyInstaller.utils.hooks import copy_metadata

datas = copy_metadata("webrtcvad-wheels")
