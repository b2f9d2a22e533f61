"""What one submission may use: read from grading.yml, held by the sandbox."""

from typing import Annotated

from msgspec import Meta, Struct

# the description says in an error message what is accepted
Seconds = Annotated[float, Meta(gt=0, description="a number above 0")]
Size = Annotated[int, Meta(gt=0, description="a whole number above 0")]


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one submission may use."""

    import_s: Seconds = 20
    call_s: Seconds = 5
    submission_s: Seconds = 120
    memory_mb: Size = 2048
    output_kb: Size = 64
