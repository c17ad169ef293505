"""``python -m toolkit`` is ``nianbao``."""

from toolkit.cli import start

if __name__ == "__main__":
    start()
