"""Words for functions: ``{0}``, ``{1}`` are the arguments with article, ``{a}``, ``{b}`` without.

Keyed by sqlglot's class where it has one, else by the function's name. The second entry is the kind of
the result (number, text, date, flag). Only functions listed here can be said, so only they are used.
"""

from sqlglot import exp

AGGREGATES: dict[type[exp.Expr], str] = {
    exp.Avg: "average",
    exp.Sum: "total",
    exp.Max: "highest",
    exp.Min: "lowest",
    exp.Median: "median",
    exp.Stddev: "standard deviation",
    exp.StddevSamp: "sample standard deviation",
    exp.StddevPop: "population standard deviation",
    exp.Variance: "sample variance",
    exp.VariancePop: "population variance",
    exp.Mode: "most frequent",
}
NAMED_AGGREGATES = {
    "TOTAL": "total",
    "KURTOSIS": "kurtosis",
    "SKEWNESS": "skewness",
    "PRODUCT": "product",
    "GEOMEAN": "geometric mean",
    "VAR_SAMP": "sample variance",
}
UNSAID_AGGREGATES = {"EVERY", "JSONB_AGG", "JSON_AGG", "JSONB_OBJECT_AGG", "JSON_GROUP_OBJECT", "JSON_GROUP_ARRAY"}
AGGREGATE_OF = {"standard deviation", "sample standard deviation", "population standard deviation", "kurtosis",
                "sample variance", "population variance", "skewness", "product", "geometric mean"}  # fmt: skip
PAIRED: dict[type[exp.Expr], str] = {
    exp.Corr: "correlation between {0} and {1}",
    exp.CovarSamp: "sample covariance of {0} and {1}",
    exp.CovarPop: "population covariance of {0} and {1}",
    exp.ArgMax: "{a} where {1} is highest",
    exp.ArgMin: "{a} where {1} is lowest",
    exp.RegrSlope: "slope of the regression line of {0} on {1}",
    exp.RegrR2: "R² of the regression of {0} on {1}",
    exp.RegrIntercept: "intercept of the regression line of {0} on {1}",
}
SCALARS: dict[type[exp.Expr] | str, tuple[str, str]] = {
    exp.Upper: ("{a} in upper case", "text"),
    exp.Lower: ("{a} in lower case", "text"),
    exp.Initcap: ("{a} with each word capitalised", "text"),
    exp.Length: ("length of {0}", "number"),
    exp.Abs: ("absolute {a}", "number"),
    exp.Trim: ("trimmed {a}", "text"),
    exp.Reverse: ("{a} spelled backwards", "text"),
    exp.Left: ("first {1} characters of {0}", "text"),
    exp.Right: ("last {1} characters of {0}", "text"),
    exp.Ceil: ("{a} rounded up", "number"),
    exp.Floor: ("{a} rounded down", "number"),
    exp.Sqrt: ("square root of {0}", "number"),
    exp.Sign: ("sign of {0}", "number"),
    exp.Typeof: ("storage type of {0}", "text"),
    exp.StrPosition: ("position of {1} in {0}", "number"),
    exp.SplitPart: ("part {2} of {0} split at {1}", "text"),
    exp.Replace: ("{a} with {1} replaced by {2}", "text"),
    exp.Levenshtein: ("edit distance between {0} and {1}", "number"),
    exp.Dayname: ("weekday name of {0}", "text"),
    exp.Monthname: ("month name of {0}", "text"),
    exp.LastDay: ("last day of the month of {0}", "date"),
    exp.DayOfWeek: ("weekday number of {0}", "number"),
    exp.Year: ("year of {0}", "number"),
    exp.Month: ("month number of {0}", "number"),
    exp.Day: ("day of the month of {0}", "number"),
    exp.Hex: ("hexadecimal form of {0}", "text"),
    exp.Unicode: ("Unicode code point of the first character of {0}", "number"),
    exp.StartsWith: ("whether {0} starts with {1}", "flag"),
    exp.Contains: ("whether {0} contains {1}", "flag"),
    "INITCAP": ("{a} with each word capitalised", "text"),
    "INSTR": ("position of {1} in {0}", "number"),
    "DAYNAME": ("weekday name of {0}", "text"),
    "MONTHNAME": ("month name of {0}", "text"),
    "JULIANDAY": ("Julian day of {0}", "number"),
    "UNIXEPOCH": ("Unix time of {0}", "number"),
    "QUOTE": ("SQL literal of {0}", "text"),
    "TYPEOF": ("storage type of {0}", "text"),
    "UNICODE": ("Unicode code point of the first character of {0}", "number"),
    "STRPOS": ("position of {1} in {0}", "number"),
    "HEX": ("hexadecimal form of {0}", "text"),
    "WIDTH_BUCKET": ("bucket of {0} among {3} equal-width buckets from {1} to {2}", "number"),
}
UNITS = {"year": "year", "month": "calendar month", "week": "week", "day": "day", "hour": "hour",
         "quarter": "calendar quarter", "decade": "decade", "minute": "minute"}  # fmt: skip
PARTS = {"year": "year", "month": "month number", "day": "day of the month", "dow": "weekday number",
         "isodow": "ISO weekday number", "hour": "hour of day", "quarter": "quarter number", "doy": "day of the year",
         "week": "ISO week number", "decade": "decade", "minute": "minute", "epoch": "Unix time",
         "century": "century", "isoyear": "ISO year", "dayofweek": "weekday number"}  # fmt: skip
FORMATS = {"%Y": "year", "%m": "month number", "%d": "day of the month", "%H": "hour of day", "%w": "weekday number",
           "%Y-%m": "year and month", "%j": "day of the year", "%W": "week of the year", "%Y-%m-%d": "date",
           "%A": "weekday name", "%B": "month name", "%a": "abbreviated weekday name", "%b": "abbreviated month name",
           "%u": "ISO weekday number", "%M": "minute"}  # fmt: skip
