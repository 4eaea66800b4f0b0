import { toCivilDay, weekdayOf } from '../../core/detection/calendar.ts';
import type { Random } from './createRandom.ts';
import type { BareSeries } from './injectEvents.ts';

/** Makes a series of `days` days from day number `firstDay`. */
export type Family = (random: Random, firstDay: number, days: number) => BareSeries;

type Effect = (day: number) => number;

/** Families of series that differ in what they are made of; each is a way in which a detector's assumptions can be wrong. */
export const FAMILIES: Record<string, Family> = {
  multiplicative: (random, firstDay, days) => {
    const sigma = random.uniform(0.02, 0.08);
    const week = weekProfile(random, random.uniform(0, 0.5));
    const month = random.chance(0.5) ? monthStart(random, firstDay) : () => 0;
    return logSeries(random, days, sigma, [
      level(random),
      onWeek(week, firstDay),
      month,
      trend(random),
    ]);
  },
  additive: (random, firstDay, days) => {
    const base = Math.exp(random.uniform(3.3, 8));
    const sigma = random.uniform(0.02, 0.09);
    const week = weekProfile(random, random.uniform(0, 0.35));
    const growth = random.uniform(-0.2, 0.9) / 365;
    const cost = steps(days, (day) => {
      const seasonal = week[weekdayOf(firstDay + day)]!;
      return Math.max(0.01, base * (1 + seasonal + growth * day + sigma * random.normal()));
    });
    return { cost, sigma };
  },
  autocorrelated: (random, firstDay, days) => {
    const rho = random.uniform(0.3, 0.85);
    const sigma = random.uniform(0.025, 0.09);
    const wander = autoregressive(random, days, rho, sigma);
    const week = onWeek(weekProfile(random, random.uniform(0, 0.4)), firstDay);
    const effects = [level(random), week, trend(random), (day: number) => wander[day]!];
    const whitened = (1 + 13 * (1 - rho) ** 2) / (1 - rho * rho);
    return {
      ...logSeries(random, days, sigma * 0.3, effects, sigma),
      lastingSigma: sigma * Math.sqrt(14 / whitened),
    };
  },
  heavyTailed: (random, firstDay, days) => {
    const sigma = random.uniform(0.1, 0.3);
    const freedom = random.integer(3, 5);
    const week = onWeek(weekProfile(random, random.uniform(0.2, 0.9)), firstDay);
    const base = level(random);
    const rise = trend(random);
    const cost = steps(days, (day) =>
      Math.exp(base(day) + week(day) + rise(day) + sigma * clamp(random.heavy(freedom), 3.6)),
    );
    return { cost, sigma };
  },
  wandering: (random, firstDay, days) => {
    const sigma = random.uniform(0.015, 0.05);
    const walk = autoregressive(random, days, 0.995, sigma / 0.8);
    const week = onWeek(weekProfile(random, random.uniform(0, 0.4)), firstDay);
    // The level moves by as much a day as the noise is wide, so even the best forecast (Kalman's) misses by 1.62 sigma.
    const own = sigma * ((1 + Math.sqrt(5)) / 2);
    const effects = [level(random), week, (day: number) => walk[day]!];
    return { ...logSeries(random, days, sigma, effects, own), lastingSigma: 3.5 * own };
  },
  weekendOff: (random, firstDay, days) => {
    const sigma = random.uniform(0.02, 0.07);
    const base = level(random);
    const idle = random.pick([0, random.uniform(0.01, 0.08), random.uniform(0.1, 0.3)]);
    const running = steps<number | undefined>(days, () => undefined);
    const cost = steps(days, (day) => {
      const on = Math.exp(base(day) + sigma * random.normal());
      const weekday = weekdayOf(firstDay + day);
      if (weekday !== 0 && weekday !== 6) return on;
      running[day] = on;
      return on * idle * Math.exp(0.1 * random.normal());
    });
    return { cost, sigma, running };
  },
  holidays: (random, firstDay, days) => {
    const sigma = random.uniform(0.02, 0.06);
    const depth = random.uniform(0.15, 0.6);
    const week = weekProfile(random, 0);
    week[0] = -depth;
    week[6] = -depth * random.uniform(0.8, 1.1);
    const off = (day: number) => {
      const { month, day: date } = toCivilDay(firstDay + day);
      const weekday = weekdayOf(firstDay + day);
      const isFixed = [101, 704, 1224, 1225, 1226, 501].includes(month * 100 + date);
      const isThanks =
        month === 11 &&
        ((weekday === 4 && date > 21 && date < 29) || (weekday === 5 && date > 22 && date < 30));
      const isMemorial = weekday === 1 && ((month === 5 && date > 24) || (month === 9 && date < 8));
      const isQuiet = (month === 12 && date > 26) || (month === 1 && date === 2);
      if (weekday === 0 || weekday === 6) return 0;
      return isFixed || isThanks || isMemorial ? -depth : isQuiet ? -0.5 * depth : 0;
    };
    return logSeries(random, days, sigma, [
      level(random),
      onWeek(week, firstDay),
      off,
      trend(random),
    ]);
  },
  monthlyCharge: (random, firstDay, days) => {
    const sigma = random.uniform(0.02, 0.08);
    const base = level(random);
    const dayOfMonth = random.pick([1, 1, 1, 2, 3, 5, 15, random.integer(1, 28)]);
    const size = Math.exp(base(0)) * random.uniform(0.3, 3);
    const week = onWeek(weekProfile(random, random.uniform(0, 0.3)), firstDay);
    const cost = steps(days, (day) => {
      const charge =
        toCivilDay(firstDay + day).day === dayOfMonth ? size * (1 + 0.03 * random.normal()) : 0;
      return charge + Math.exp(base(day) + week(day) + sigma * random.normal());
    });
    return { cost, sigma };
  },
  constant: (random, _firstDay, days) => {
    const base = Math.exp(level(random)(0));
    const sigma = random.pick([0, 0.001, 0.005]);
    return { cost: steps(days, () => base * Math.exp(sigma * random.normal())), sigma: 0.01 };
  },
  counts: (random, firstDay, days) => {
    const rate = random.uniform(8, 400);
    const price = random.uniform(0.5, 8);
    const week = onWeek(weekProfile(random, random.uniform(0, 0.4)), firstDay);
    const over = random.uniform(1, 3);
    const cost = steps(days, (day) => {
      const mean = rate * Math.exp(week(day));
      return price * Math.max(0, Math.round(mean + Math.sqrt(mean * over) * random.normal()));
    });
    return { cost, sigma: Math.sqrt(over / rate) };
  },
  growing: (random, firstDay, days) => {
    const sigma = random.uniform(0.02, 0.07);
    const rate = random.uniform(0.3, 2.2) / 365;
    const bend = random.uniform(0.3, 0.9) * days;
    const after = random.uniform(0, 1);
    const week = onWeek(weekProfile(random, random.uniform(0, 0.4)), firstDay);
    const rise = (day: number) => rate * (day < bend ? day : bend + after * (day - bend));
    return logSeries(random, days, sigma, [level(random), week, rise]);
  },
  nearZero: (random, firstDay, days) => {
    const sigma = random.uniform(0.1, 0.5);
    const base = Math.log(random.uniform(0.02, 1.2));
    const week = onWeek(weekProfile(random, random.uniform(0, 0.4)), firstDay);
    return logSeries(random, days, sigma, [() => base, week]);
  },
  sparse: (random, _firstDay, days) => {
    const share = random.uniform(0.05, 0.45);
    const sigma = random.uniform(0.15, 0.5);
    const base = random.uniform(1.5, 5);
    const cost = steps(days, (day) =>
      day === 0 || random.chance(share) ? Math.exp(base + sigma * random.normal()) : 0,
    );
    return { cost, sigma: Math.max(sigma, 0.4) };
  },
};

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

function steps<T>(days: number, make: (day: number) => T): T[] {
  return Array.from({ length: days }, (_, day) => make(day));
}

function level(random: Random): Effect {
  const value = random.uniform(3.2, 8.5);
  return () => value;
}

function trend(random: Random): Effect {
  const rate = random.chance(0.5) ? 0 : random.uniform(-0.3, 0.6) / 365;
  return (day) => rate * day;
}

function weekProfile(random: Random, depth: number): number[] {
  const weekend = random.chance(0.75);
  const profile = steps(7, () => 0.15 * depth * random.normal());
  if (weekend) {
    profile[0] = profile[0]! - depth;
    profile[6] = profile[6]! - depth * random.uniform(0.7, 1.1);
  } else {
    const odd = random.integer(0, 6);
    profile[odd] = profile[odd]! + depth;
  }
  return profile;
}

function onWeek(profile: readonly number[], firstDay: number): Effect {
  return (day) => profile[weekdayOf(firstDay + day)]!;
}

function monthStart(random: Random, firstDay: number): Effect {
  const size = random.uniform(0.1, 0.7);
  const length = random.integer(1, 3);
  return (day) => {
    const date = toCivilDay(firstDay + day).day;
    return date <= length ? size * (1 - (date - 1) / (length + 1)) : 0;
  };
}

function autoregressive(random: Random, days: number, rho: number, sigma: number): number[] {
  let value = 0;
  return steps(days, () => {
    value = rho * value + Math.sqrt(1 - rho * rho) * sigma * random.normal() * (rho > 0.99 ? 8 : 1);
    return value;
  });
}

function logSeries(
  random: Random,
  days: number,
  sigma: number,
  effects: readonly Effect[],
  ownSigma = sigma,
): BareSeries {
  const cost = steps(days, (day) => {
    let sum = sigma * random.normal();
    for (const effect of effects) sum += effect(day);
    return Math.exp(sum);
  });
  return { cost, sigma: ownSigma };
}
