import type { Schemas } from '../client/api';

type Group = Schemas['CostSeries']['groups'][number];

/** Groups on a common list of days, which of them are hidden, and their sums from below for stacking. */
export class Stack {
  readonly all: { group: Group; index: number; values: number[] }[];
  #hidden = $state.raw<readonly number[]>([]);

  constructor(days: readonly string[], groups: readonly Group[]) {
    this.all = groups.map((group, index) => {
      const costs = Object.fromEntries(
        group.points.map((point) => [point.date, Number(point.cost)]),
      );
      return { group, index, values: days.map((day) => costs[day] ?? 0) };
    });
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
        values.map((value, day) => {
          const sums = value < 0 ? credited : spent;
          sums[day] = (sums[day] ?? 0) + value;
          return sums[day];
        }),
      )
      .reverse();
  }

  isHidden(index: number): boolean {
    return this.#hidden.includes(index);
  }

  toggle(index: number): void {
    const next = this.isHidden(index)
      ? this.#hidden.filter((other) => other !== index)
      : [...this.#hidden, index];
    this.#hidden = next.length === this.all.length ? [] : next;
  }

  /** Shows one alone; once more shows all again. */
  isolate(index: number): void {
    const isAlone = this.visible.length === 1 && !this.isHidden(index);
    this.#hidden = isAlone
      ? []
      : this.all.map((one) => one.index).filter((other) => other !== index);
  }
}
