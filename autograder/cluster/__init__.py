"""Grade a class on a Dask cluster. Only this package imports Dask."""
