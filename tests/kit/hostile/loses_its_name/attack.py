"""Takes itself away and leaves a name that tells the input, for the search after the nearest one.

Aim: feedback
"""

import sys


def attack(*args, **kwargs):
    module = vars(sys.modules[STEM])
    for name in [name for name, value in module.items() if value is attack and name != "attack"]:
        del module[name]
        module[f"{name}_97250"] = attack
    raise NameError("CARRIED")
