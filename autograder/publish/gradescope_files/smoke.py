"""Try what the course needs of a Python and its libraries; what is missing ends it with an error."""

import importlib
import io
import sys
from typing import Any

for name in sys.argv[1:]:
    importlib.import_module(name)

pyplot: Any = importlib.import_module("matplotlib.pyplot")
pyplot.switch_backend("Agg")
pyplot.plot([0, 1])
pyplot.savefig(io.BytesIO())
if "torch" in sys.argv[1:]:
    torch: Any = importlib.import_module("torch")
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.Adam([weight])  # imports far more than torch does by itself
    weight.sum().backward()
    optimizer.step()
