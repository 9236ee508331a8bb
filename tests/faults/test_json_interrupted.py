"""--json and --jsonl when SIGINT comes: valid, with what is known, and the process ends as without."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tree import ROOT
