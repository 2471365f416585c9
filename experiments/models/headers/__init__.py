"""The headers of weight files, safetensors and GGUF: a few kilobytes a file, and no tensor is read."""
