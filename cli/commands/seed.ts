import { Command } from 'commander';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { reseedDemo } from '../../db/seed/reseedDemo.ts';
import { seedDemo } from '../../db/seed/seedDemo.ts';
import { withInstance } from '../instance.ts';

/** `costguard seed`: demo connections with thirteen months of costs. */
export function seedCommand(): Command {
  return new Command('seed')
    .description(
      'Fill the database with demo connections and thirteen months of made-up costs; demo mode only',
    )
    .option('--if-empty', 'do nothing where there are connections already', false)
    .option('--again', 'delete the demo connections and fill again', false)
    .action(async (options: { ifEmpty: boolean; again: boolean }) => {
      await withInstance(async ({ pool, env }) => {
        if (!env.DEMO_MODE)
          throw new CostGuardError('reseed_refused', 'Start with DEMO_MODE=true to use demo data.');
        const today = utcDay(new Date());
        const { rows } = await (options.again
          ? reseedDemo(pool, { today })
          : seedDemo(pool, { today }));
        process.stderr.write(`Stored ${rows} cost rows of demo connections.\n`);
      });
    });
}
