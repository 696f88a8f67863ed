"""Front ends without a screen: sidecar, HTTP interface, Wyoming, remote microphone, Moshi."""
