"""What PyInstaller makes the program of."""

import sys

from byway_bundle.start import main

sys.exit(main())
