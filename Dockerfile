# The kit on any desk, in CI and under Gradescope: docs/container.md.
#   docker build -t autograder .
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS kit
# the index of torch's CPU builds, for torch alone; without it, torch too comes from pip's own index
ARG TORCH_INDEX=
COPY requirements.lock pyproject.toml README.md /opt/kit/
COPY autograder/publish/gradescope_files/setup.sh autograder/publish/gradescope_files/smoke.py \
    autograder/publish/gradescope_files/requirements-uv.txt /opt/kit/setup/
RUN cd /opt/kit/setup \
    && sed -i 's/@PYTHON@/3.11/; s/@IMPORTS@/numpy scipy torch matplotlib/' setup.sh \
    && cp ../requirements.lock requirements.txt \
    && grep -o 'torch==[0-9.]*' ../pyproject.toml > requirements-torch.txt \
    && if [ -n "$TORCH_INDEX" ]; then printf '[global]\nindex-url = %s\n' "$TORCH_INDEX" > pip.conf; fi \
    && bash setup.sh \
    && rm -rf /var/lib/apt/lists/*
COPY autograder /opt/kit/autograder
COPY docs /opt/kit/docs
COPY tests/kit/tiny /opt/kit/tests/kit/tiny
COPY tests/kit/hostile /opt/kit/tests/kit/hostile
RUN /opt/autograder/bin/python -m pip install --quiet --no-deps --no-build-isolation -e /opt/kit \
    && /opt/autograder/bin/python -m compileall -q /opt/kit/autograder \
    && chmod -R a+rX /opt/kit

# For Gradescope stop at `kit`: the platform needs the base image's own CMD and ENTRYPOINT.
FROM kit AS desk
WORKDIR /work
ENTRYPOINT ["/opt/autograder/bin/autograder"]
CMD ["--help"]
