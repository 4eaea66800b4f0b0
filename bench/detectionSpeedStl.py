"""Series a second that statsmodels' STL decomposes on as many processes as our threads, as JSON: 400 days, period 7."""

import json
import multiprocessing
import time

import numpy
from statsmodels.tsa.seasonal import STL

PROCESSES = 2


def decompose(task):
    seed, robust = task
    random = numpy.random.default_rng(seed)
    day = numpy.arange(400)
    series = 100 + 10 * numpy.sin(2 * numpy.pi * day / 7) + 0.02 * day + random.normal(0, 4, 400)
    STL(series, period=7, robust=robust).fit()


def rate(pool, robust, count):
    pool.map(decompose, [(0, robust)] * 8)
    started = time.perf_counter()
    pool.map(decompose, [(seed, robust) for seed in range(count)], chunksize=8)
    return count / (time.perf_counter() - started)


if __name__ == '__main__':
    with multiprocessing.Pool(PROCESSES) as pool:
        print(json.dumps({
            'STL(period=7, robust=True)': rate(pool, True, 400),
            'STL(period=7, robust=False)': rate(pool, False, 2000),
        }))
