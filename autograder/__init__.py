"""An autograded course kit: hidden checks compare what students' stubs compute with references."""

__version__ = "0.1.0"
