"""Writes and reads FOCUS Parquet files with Apache Arrow, which knows nothing of CostGuard."""
import csv, json, sys
from datetime import datetime
from decimal import Decimal
import pyarrow as pa
import pyarrow.parquet as pq

DECIMALS = ("Cost", "Quantity", "UnitPrice")
INSTANTS = ("PeriodStart", "PeriodEnd")


def write(source, target, kind):
    """kind: decimal, double or text amounts; milliseconds, nanoseconds or text times; codec; tags as a map or text"""
    options = json.loads(kind)
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {}
    for name in rows[0]:
        values = [row[name] or None for row in rows]
        if name.endswith(DECIMALS) and options["amounts"] != "text":
            if options["amounts"] == "double":
                columns[name] = pa.array([v and float(v) for v in values], pa.float64())
            else:
                columns[name] = pa.array([v and Decimal(v) for v in values], pa.decimal128(*options["amounts"]))
        elif name.endswith(INSTANTS) and options["times"] != "text":
            times = [v and datetime.fromisoformat(v.replace("Z", "+00:00")) for v in values]
            columns[name] = pa.array(times, pa.timestamp(options["times"], "UTC"))
        elif name == "Tags" and options["tags"] == "map":
            maps = [v and list(json.loads(v).items()) for v in values]
            columns[name] = pa.array(maps, pa.map_(pa.string(), pa.string()))
        else:
            columns[name] = pa.array(values, pa.string())
    pq.write_table(pa.table(columns), target, compression=options["codec"])


def read(source):
    table = pq.read_table(source)
    totals = {}
    for row in table.select(["BilledCost", "BillingCurrency", "ChargePeriodStart", "ServiceName"]).to_pylist():
        key = f'{row["ChargePeriodStart"]:%Y-%m-%d} {row["ServiceName"]} {row["BillingCurrency"]}'
        totals[key] = totals.get(key, Decimal(0)) + row["BilledCost"]
    print(json.dumps({key: str(total) for key, total in sorted(totals.items())}))


{"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
