/** A seeded source of random numbers: the same seed gives the same series on every machine. */
export interface Random {
  /** Uniform in [low, high). */
  uniform: (low: number, high: number) => number;
  /** Whole numbers from `low` to `high`, both included. */
  integer: (low: number, high: number) => number;
  chance: (probability: number) => boolean;
  normal: () => number;
  /** Student's t scaled to unit variance; `freedom` above 2. */
  heavy: (freedom: number) => number;
  pick: <T>(values: readonly T[]) => T;
}

/** Marsaglia's xorshift128 over a splitmix start. */
export function createRandom(seed: number): Random {
  const state = new Uint32Array(4);
  let mix = seed >>> 0;
  for (let i = 0; i < 4; i += 1) {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    state[i] = (z ^ (z >>> 16)) >>> 0 || 1;
  }
  const next = (): number => {
    let t = state[3]!;
    const s = state[0]!;
    state.copyWithin(1, 0, 3);
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = (t ^ s ^ (s >>> 19)) >>> 0;
    return state[0] / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    uniform: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    normal,
    heavy: (freedom) => {
      let sum = 0;
      for (let i = 0; i < freedom; i += 1) sum += normal() ** 2;
      return (normal() / Math.sqrt(sum / freedom)) * Math.sqrt((freedom - 2) / freedom);
    },
    pick: (values) => values[Math.floor(next() * values.length)]!,
  };
}
