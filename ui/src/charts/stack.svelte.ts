import type { Schemas } from '../client/api';

type Group = Schemas['CostSeries']['groups'][number];

/** Groups on a common list of days or instants, which of them are hidden, and their sums from below for stacking. */
export class Stack {
  readonly #times: () => readonly string[];
  readonly #groups: () => readonly Group[];
  // By name and not by place: newer data may bring the groups in another order.
  #hidden = $state.raw<readonly string[]>([]);
  readonly #all = $derived.by(() => {
    const times = this.#times();
    return this.#groups().map((group, index) => {
      const costs = Object.fromEntries(
        group.points.map((point) => [point.date, Number(point.cost)]),
      );
      return { group, index, name: nameOf(group), values: times.map((time) => costs[time] ?? 0) };
    });
  });

  constructor(times: () => readonly string[], groups: () => readonly Group[]) {
    this.#times = times;
    this.#groups = groups;
  }

  get all() {
    return this.#all;
  }

  /** Changes whenever something else is shown. */
  get shown(): string {
    return this.#hidden.join();
  }

  get visible() {
    return this.all.filter(({ index }) => !this.isHidden(index));
  }

  /** For each visible group, outermost first, the sum of it and all before it; credits add up below zero by themselves. */
  get cumulated(): number[][] {
    const spent: number[] = [];
    const credited: number[] = [];
    return this.visible
      .map(({ values }) =>
        values.map((value, place) => {
          const sums = value < 0 ? credited : spent;
          sums[place] = (sums[place] ?? 0) + value;
          return sums[place];
        }),
      )
      .reverse();
  }

  /** The visible group whose bar holds a value at a place; undefined beside the bars. */
  at(place: number, value: number): Group | undefined {
    let sum = 0;
    for (const { group, values } of this.visible) {
      const cost = values[place] ?? 0;
      if (cost === 0 || Math.sign(cost) !== Math.sign(value)) continue;
      sum += cost;
      if (Math.abs(value) <= Math.abs(sum)) return group;
    }
    return undefined;
  }

  isHidden(index: number): boolean {
    const name = this.all[index]?.name;
    return name !== undefined && this.#hidden.includes(name);
  }

  toggle(index: number): void {
    const names = this.all.map((one) => one.name);
    this.#hidden = names.filter((_, other) => this.isHidden(other) !== (other === index));
    if (this.#hidden.length === names.length) this.#hidden = [];
  }

  /** Shows one alone; once more shows all again. */
  isolate(index: number): void {
    const isAlone = this.visible.length === 1 && !this.isHidden(index);
    const others = this.all.filter((one) => one.index !== index);
    this.#hidden = isAlone ? [] : others.map((one) => one.name);
  }
}

/** What tells a group apart from the others, whatever it is called. */
export const nameOf = (group: Group): string => JSON.stringify([group.isRemainder, group.key]);
