-- What Oracle's functions do and PostgreSQL's do not, or do otherwise. Oracle's text is never empty: '' is NULL.
CREATE SCHEMA oracle;
GRANT USAGE ON SCHEMA oracle TO PUBLIC;
CREATE TABLE oracle.dual (dummy text);
INSERT INTO oracle.dual VALUES ('X');
GRANT SELECT ON oracle.dual TO PUBLIC;

-- Errors: ORERR is Oracle's own, ORUNS says that the answer is not sure.
CREATE FUNCTION oracle.fail(message text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'ORERR', MESSAGE = message; END $$;
CREATE FUNCTION oracle.unsure(message text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'ORUNS', MESSAGE = message; END $$;

-- Numbers. NUMBER keeps 20 digits of base 100.
CREATE FUNCTION oracle.rounded(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN n = 0 OR n IS NULL THEN n ELSE trim_scale(round(n, 38 - 2 * floor(floor(log(abs(n))) / 2)::int)) END $$;
CREATE FUNCTION oracle.divide(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT oracle.rounded(round(a, 70) / b) $$;
CREATE FUNCTION oracle.divide_double(a float8, b float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF b = 0 THEN PERFORM oracle.unsure('a BINARY_DOUBLE divided by zero'); END IF; RETURN a / b; END $$;
CREATE FUNCTION oracle.mod(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN b = 0 THEN a ELSE a % b END $$;
CREATE FUNCTION oracle.power(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT oracle.rounded(CASE WHEN b = trunc(b) AND b >= 0 THEN power(a, b) ELSE power(round(a, 45), b) END) $$;
CREATE FUNCTION oracle.to_text(n numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE said text := trim_scale(n)::text;
BEGIN
  IF length(ltrim(translate(said, '-.', ''), '0')) > 40 THEN
    PERFORM oracle.unsure('a number of more than 40 digits as text');
  END IF;
  RETURN regexp_replace(said, '^(-?)0\.', '\1.');
END $$;
CREATE FUNCTION oracle.to_number(said text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF said !~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$' THEN PERFORM oracle.fail('ORA-01722: invalid number'); END IF;
  RETURN said::numeric;
END $$;
CREATE FUNCTION oracle.to_number(said text, ignored text, whole int, part int)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE plain text := translate(said, ignored, '');
BEGIN
  IF plain !~ ('^\s*-?\d{0,' || whole || '}(\.\d{0,' || part || '})?\s*$') THEN
    PERFORM oracle.fail('ORA-01722: invalid number');
  END IF;
  RETURN oracle.to_number(plain);
END $$;
CREATE FUNCTION oracle.trunc_number(n numeric, digits numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT trunc(n, trunc(digits)::int) $$;
CREATE FUNCTION oracle.round_number(n numeric, digits numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT round(n, trunc(digits)::int) $$;

-- A BINARY_DOUBLE as a NUMBER before its digits are cut: not sure where 15 and 17 digits would be cut otherwise.
CREATE FUNCTION oracle.trunc_number(n float8, digits numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE cut numeric := trunc(n::numeric, trunc(digits)::int);
BEGIN
  IF cut <> trunc(n::text::numeric, trunc(digits)::int) THEN PERFORM oracle.unsure('a BINARY_DOUBLE cut at its error'); END IF;
  RETURN cut;
END $$;
CREATE FUNCTION oracle.round_number(n float8, digits numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE cut numeric := round(n::numeric, trunc(digits)::int);
BEGIN
  IF cut <> round(n::text::numeric, trunc(digits)::int) THEN PERFORM oracle.unsure('a BINARY_DOUBLE cut at its error'); END IF;
  RETURN cut;
END $$;

CREATE FUNCTION oracle.format_number(n numeric, whole text, part text, fill boolean, sign text, money boolean)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  places int := coalesce(length(part), 0);
  rounded numeric := round(n, places);
  digits text := trunc(abs(rounded))::text;
  slots int := length(replace(whole, ',', ''));
  zero int := position('0' in replace(whole, ',', ''));
  negative boolean := rounded < 0;
  decimals text := CASE WHEN places > 0 THEN right(abs(rounded)::text, places) ELSE '' END;
  body text := '';
  width int;
  kept int;
  n_slot int := 0;
BEGIN
  IF n IS NULL THEN RETURN NULL; END IF;
  IF digits = '0' AND zero = 0 AND (part IS NOT NULL OR slots = 0) THEN digits := ''; END IF;
  width := length(whole) + CASE WHEN part IS NULL THEN 0 ELSE places + 1 END
         + CASE sign WHEN 'PR' THEN 2 ELSE 1 END + CASE WHEN money THEN 1 ELSE 0 END;
  IF length(digits) > slots THEN RETURN repeat('#', width); END IF;
  IF zero > 0 THEN digits := lpad(digits, greatest(length(digits), slots - zero + 1), '0'); END IF;
  FOR i IN REVERSE length(whole)..1 LOOP
    IF substr(whole, i, 1) = ',' THEN
      IF n_slot < length(digits) THEN body := ',' || body; END IF;
    ELSE
      n_slot := n_slot + 1;
      IF n_slot <= length(digits) THEN body := substr(digits, length(digits) - n_slot + 1, 1) || body; END IF;
    END IF;
  END LOOP;
  IF part IS NOT NULL THEN
    IF fill THEN
      kept := length(rtrim(part, '9'));
      decimals := left(decimals, kept) || rtrim(substr(decimals, kept + 1), '0');
      IF body = '' AND decimals = '' THEN body := '0'; END IF;
    END IF;
    body := body || '.' || decimals;
  END IF;
  IF money THEN body := '$' || body; END IF;
  body := CASE sign
    WHEN 'SL' THEN CASE WHEN negative THEN '-' ELSE '+' END || body
    WHEN 'S' THEN body || CASE WHEN negative THEN '-' ELSE '+' END
    WHEN 'MI' THEN body || CASE WHEN negative THEN '-' WHEN fill THEN '' ELSE ' ' END
    WHEN 'PR' THEN CASE WHEN negative THEN '<' || body || '>' WHEN fill THEN body ELSE ' ' || body || ' ' END
    ELSE CASE WHEN negative THEN '-' ELSE '' END || body END;
  RETURN CASE WHEN fill THEN body ELSE lpad(body, greatest(width, length(body))) END;
END $$;
CREATE FUNCTION oracle.format_number(n float8, whole text, part text, fill boolean, sign text, money boolean)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT oracle.format_number(oracle.round_number(n, coalesce(length(part), 0)), whole, part, fill, sign, money) $$;

-- Text.
CREATE FUNCTION oracle.substr(s text, start numeric, len numeric DEFAULT NULL) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT nullif(CASE
  WHEN len < 1 OR trunc(start) < -length(s) THEN NULL
  WHEN trunc(start) < 0 THEN substr(s, (length(s) + trunc(start) + 1)::int, coalesce(trunc(len)::int, 2147483647 - length(s)))
  ELSE substr(s, greatest(trunc(start), 1)::int, coalesce(trunc(len)::int, 2147483647 - greatest(trunc(start), 1)::int))
END, '') $$;
CREATE FUNCTION oracle.instr(s text, part text, start numeric DEFAULT 1, nth numeric DEFAULT 1)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE place int := trunc(start)::int; seen int := 0; last int := length(s) - length(part) + 1; step int := 1;
BEGIN
  IF nth < 1 THEN PERFORM oracle.fail('ORA-01428: argument ''' || nth || ''' is out of range'); END IF;
  IF place = 0 THEN RETURN 0; END IF;
  IF place < 0 THEN step := -1; place := least(length(s) + place + 1, last); END IF;
  WHILE place BETWEEN 1 AND last LOOP
    IF substr(s, place, length(part)) = part THEN
      seen := seen + 1;
      IF seen = trunc(nth) THEN RETURN place; END IF;
    END IF;
    place := place + step;
  END LOOP;
  RETURN 0;
END $$;
CREATE FUNCTION oracle.pad(s text, width numeric, filler text, on_left boolean) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF width > 4000 THEN PERFORM oracle.unsure('a text of more than 4000 bytes'); END IF;
  RETURN CASE WHEN width < 1 THEN NULL WHEN on_left THEN lpad(s, trunc(width)::int, filler)
    ELSE rpad(s, trunc(width)::int, filler) END;
END $$;
CREATE FUNCTION oracle.replace(s text, search text, other text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN search IS NULL THEN s ELSE nullif(replace(s, search, coalesce(other, '')), '') END $$;

-- Dates.
CREATE FUNCTION oracle.whole_seconds(d timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT date_trunc('second', d) $$;
CREATE FUNCTION oracle.add_days(d timestamp, days numeric) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT date_trunc('second', d) + make_interval(days => trunc(days)::int, secs => round((days - trunc(days)) * 86400)::float8) $$;
CREATE FUNCTION oracle.days_between(a timestamp, b timestamp) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT oracle.divide(extract(epoch FROM date_trunc('second', a)) - extract(epoch FROM date_trunc('second', b)), 86400) $$;
CREATE FUNCTION oracle.last_day(d timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT date_trunc('month', d) + interval '1 month - 1 day' + (date_trunc('second', d) - date_trunc('day', d)) $$;
CREATE FUNCTION oracle.add_months(d timestamp, months numeric) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN d = oracle.last_day(d) THEN oracle.last_day(moved) ELSE moved END
FROM (SELECT date_trunc('second', d) + make_interval(months => trunc(months)::int) AS moved) m $$;
CREATE FUNCTION oracle.shift_months(d timestamp, months interval) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF extract(day FROM d + months) <> extract(day FROM d) THEN
    PERFORM oracle.fail('ORA-01839: date not valid for month specified');
  END IF;
  RETURN d + months;
END $$;
CREATE FUNCTION oracle.months_between(a timestamp, b timestamp) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT months + CASE
  WHEN extract(day FROM a) = extract(day FROM b)
    OR (date_trunc('day', a) = date_trunc('day', oracle.last_day(a)) AND date_trunc('day', b) = date_trunc('day', oracle.last_day(b)))
  THEN 0
  ELSE oracle.divide(extract(day FROM a) * 86400 + extract(epoch FROM date_trunc('second', a)::time)
     - extract(day FROM b) * 86400 - extract(epoch FROM date_trunc('second', b)::time), 2678400) END
FROM (SELECT (extract(year FROM a) - extract(year FROM b)) * 12 + extract(month FROM a) - extract(month FROM b) AS months) m $$;
CREATE FUNCTION oracle.next_day(d timestamp, weekday text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE place int := array_position(ARRAY['sun','mon','tue','wed','thu','fri','sat'], lower(left(weekday, 3))) - 1;
BEGIN
  IF place IS NULL THEN PERFORM oracle.fail('ORA-01846: not a valid day of the week'); END IF;
  RETURN date_trunc('second', d) + make_interval(days => 1 + (place - extract(dow FROM d)::int + 6) % 7);
END $$;
CREATE FUNCTION oracle.trunc_date(d timestamp, unit text) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT CASE unit
  WHEN 'iyear' THEN date_trunc('week', make_timestamp(extract(isoyear FROM d)::int, 1, 4, 0, 0, 0))
  WHEN 'yearweek' THEN date_trunc('day', d) - make_interval(days => ((extract(doy FROM d)::int - 1) % 7))
  WHEN 'monthweek' THEN date_trunc('day', d) - make_interval(days => ((extract(day FROM d)::int - 1) % 7))
  WHEN 'sunday' THEN date_trunc('day', d) - make_interval(days => extract(dow FROM d)::int)
  ELSE date_trunc(unit, d) END $$;
CREATE FUNCTION oracle.round_date(d timestamp, unit text) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
SELECT CASE unit
  WHEN 'year' THEN date_trunc('year', d + interval '6 months')
  WHEN 'quarter' THEN date_trunc('quarter', CASE WHEN extract(month FROM d)::int % 3 = 2 AND extract(day FROM d) < 16
    THEN d ELSE date_trunc('month', d) + interval '1 month' * CASE WHEN extract(month FROM d)::int % 3 = 1 THEN 0 ELSE 2 END END)
  WHEN 'month' THEN date_trunc('month', d) + CASE WHEN extract(day FROM d) >= 16 THEN interval '1 month' ELSE interval '0' END
  WHEN 'day' THEN date_trunc('day', d + interval '12 hours')
  WHEN 'hour' THEN date_trunc('hour', d + interval '30 minutes')
  WHEN 'minute' THEN date_trunc('minute', d + interval '30 seconds') END $$;

-- Read a text by a pattern whose groups set the named fields; what a format leaves out is this month's first day.
CREATE FUNCTION oracle.read_date(said text, pattern text, fields text[]) RETURNS timestamp LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  found text[] := regexp_match(lower(said), pattern);
  today date := localtimestamp::date;
  y int := extract(year FROM today); mo int := extract(month FROM today); d int := 1;
  h int := 0; mi int := 0; s numeric := 0; word text; pm boolean; doy int; n int;
BEGIN
  IF found IS NULL THEN PERFORM oracle.fail('ORA-01861: literal does not match format string'); END IF;
  FOR i IN 1..coalesce(array_length(fields, 1), 0) LOOP
    word := found[i];
    n := CASE WHEN word ~ '^\d+$' THEN word::int END;
    CASE fields[i]
      WHEN 'year' THEN y := n;
      WHEN 'yy' THEN y := CASE WHEN length(word) > 2 THEN n ELSE extract(year FROM today)::int / 100 * 100 + n END;
      WHEN 'rryear' THEN y := CASE WHEN length(word) > 2 THEN n WHEN n < 50 THEN 2000 + n ELSE 1900 + n END;
      WHEN 'month' THEN mo := coalesce(n, (position(left(word, 3) in 'janfebmaraprmayjunjulaugsepoctnovdec') + 2) / 3);
      WHEN 'day' THEN d := n;
      WHEN 'yearday' THEN doy := n;
      WHEN 'hour' THEN h := n;
      WHEN 'hour12' THEN h := n; pm := coalesce(pm, false);
      WHEN 'meridian' THEN pm := left(word, 1) = 'p';
      WHEN 'minute' THEN mi := n;
      WHEN 'second' THEN s := s + n;
      WHEN 'daysecond' THEN h := n / 3600; mi := n % 3600 / 60; s := n % 60;
      WHEN 'fraction' THEN s := s + ('0.' || word)::numeric;
      WHEN 'julian' THEN RETURN to_timestamp(word, 'J')::timestamp;
    END CASE;
  END LOOP;
  IF y = 0 THEN PERFORM oracle.fail('ORA-01841: (full) year must be between -4713 and +9999, and not be 0'); END IF;
  IF mo NOT BETWEEN 1 AND 12 THEN PERFORM oracle.fail('ORA-01843: not a valid month'); END IF;
  IF d NOT BETWEEN 1 AND 31 THEN
    PERFORM oracle.fail('ORA-01847: day of month must be between 1 and last day of month');
  END IF;
  IF d > extract(day FROM make_date(y, mo, 1) + interval '1 month - 1 day') THEN
    PERFORM oracle.fail('ORA-01839: date not valid for month specified');
  END IF;
  IF pm IS NOT NULL THEN
    IF h NOT BETWEEN 1 AND 12 THEN PERFORM oracle.fail('ORA-01849: hour must be between 1 and 12'); END IF;
    h := h % 12 + CASE WHEN pm THEN 12 ELSE 0 END;
  END IF;
  IF h > 23 THEN PERFORM oracle.fail('ORA-01850: hour must be between 0 and 23'); END IF;
  IF mi > 59 THEN PERFORM oracle.fail('ORA-01851: minutes must be between 0 and 59'); END IF;
  IF s >= 60 THEN PERFORM oracle.fail('ORA-01852: seconds must be between 0 and 59'); END IF;
  IF doy IS NOT NULL THEN RETURN make_timestamp(y, 1, 1, h, mi, s::float8) + make_interval(days => doy - 1); END IF;
  RETURN make_timestamp(y, mo, d, h, mi, s::float8);
END $$;
CREATE FUNCTION oracle.nls_date(said text) RETURNS timestamp LANGUAGE sql STABLE AS $$
SELECT oracle.read_date(said, '^\s*(\d{1,2})[[:punct:][:space:]]?(january|february|march|april|may|june|july|august'
  || '|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[[:punct:][:space:]]?(\d{2}(?:\d{2})?)\s*$',
  ARRAY['day', 'month', 'rryear']) $$;

-- Aggregates.
CREATE FUNCTION oracle.middle(found numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
SELECT oracle.divide(sum(v), count(*)) FROM (
  SELECT v, row_number() OVER (ORDER BY v) AS n, count(*) OVER () AS total FROM unnest(found) v) s
WHERE n IN ((total + 1) / 2, (total + 2) / 2) $$;
CREATE FUNCTION oracle.collect(found numeric[], v numeric) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN v IS NULL THEN found ELSE found || v END $$;
CREATE AGGREGATE oracle.median(numeric) (SFUNC = oracle.collect, STYPE = numeric[], INITCOND = '{}', FINALFUNC = oracle.middle);
CREATE FUNCTION oracle.fitting(s text, width int) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF length(s) > width THEN PERFORM oracle.unsure('a value cast to a text too short for it'); END IF;
  RETURN s;
END $$;
CREATE FUNCTION oracle.add_distinct(found text[], v text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
SELECT CASE WHEN v IS NULL OR v = ANY (found) THEN found ELSE found || v END $$;
CREATE AGGREGATE oracle.count_distinct(text) (SFUNC = oracle.add_distinct, STYPE = text[], INITCOND = '{}', FINALFUNC = cardinality);
-- Knuth's soundex: equal codes in a row count once, also across H and W, and a vowel keeps them apart.
CREATE FUNCTION oracle.soundex(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE letters text := regexp_replace(upper(s), '[^A-Z]', '', 'g'); said text := left(letters, 1); code text; before text;
BEGIN
  IF letters = '' THEN RETURN NULL; END IF;
  before := translate(said, 'BFPVCGJKQSXZDTLMNRAEIOUYHW', '11112222222233455600000000');
  FOR i IN 2..length(letters) LOOP
    CONTINUE WHEN substr(letters, i, 1) IN ('H', 'W');
    code := translate(substr(letters, i, 1), 'BFPVCGJKQSXZDTLMNRAEIOUY', '111122222222334556000000');
    IF code <> '0' AND code <> before THEN said := said || code; END IF;
    before := code;
  END LOOP;
  RETURN rpad(left(said, 4), 4, '0');
END $$;
-- The first and the last value that is not NULL: a strict transition passes NULLs over.
CREATE FUNCTION oracle.former(a anyelement, b anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a';
CREATE FUNCTION oracle.latter(a anyelement, b anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT b';
CREATE AGGREGATE oracle.first_known(anyelement) (SFUNC = oracle.former, STYPE = anyelement);
CREATE AGGREGATE oracle.last_known(anyelement) (SFUNC = oracle.latter, STYPE = anyelement);
CREATE FUNCTION oracle.listed(list text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF octet_length(list) > 4000 THEN PERFORM oracle.unsure('a list of more than 4000 bytes'); END IF;
  RETURN list;
END $$;
