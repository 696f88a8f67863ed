"""The Textual application."""

import os

# In time: Textual reads it when it is imported. Without it Textual chooses keyboard flags that hide
# key releases and that its own parser stumbles over.
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
