"""Try what the course needs of a Python and its libraries; what is missing ends it with an error."""

import importlib
import io
import sys

for name in sys.argv[1:]:
    importlib.import_module(name)

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

plt.plot([0, 1])
plt.savefig(io.BytesIO())
if "torch" in sys.argv[1:]:
    import torch
    import torch._dynamo

    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.Adam([weight])  # imports more than `import torch` does
    weight.sum().backward()
    optimizer.step()
print("setup.sh: the libraries work")
