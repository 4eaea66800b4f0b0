import { askBroker } from './askBroker.ts';

/** One charge of a day; amounts are plain decimals. */
export interface FakeCharge {
  /** Subscription or resource group, without a leading slash. */
  scope: string;
  date: string;
  cost: string;
  /** Default: as `cost`. */
  amortized?: string;
  quantity?: string;
  currency: string;
  /** By the Query API's names, without SubscriptionId. */
  dimensions: Record<string, string>;
  tags?: Record<string, string>;
}

/** What is in the fake account. */
export interface FakeState {
  charges?: readonly FakeCharge[];
  /** Rows on a page of costs; default all. */
  rowsOnPage?: number;
  subscriptions?: readonly object[];
  /** Advisor's, by subscription id. */
  recommendations?: Record<string, readonly object[]>;
  /** Cost Management's, by scope. */
  alerts?: Record<string, readonly object[]>;
}

/** Microsoft's generated fakes of Resource Manager with an account behind them. */
export interface AzureFake {
  url: string;
  put: (state: FakeState) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts one on a free port; the program is built first where it is not yet. Stop it when done. */
export async function startAzureFake(): Promise<AzureFake> {
  const { id, url } = await askBroker('azure');
  return {
    url,
    put: async ({ charges = [], ...state }) => {
      const answer = await fetch(`${url}/-/state`, {
        method: 'POST',
        body: JSON.stringify({
          ...state,
          charges: charges.map((charge) => ({ amortized: charge.cost, ...charge })),
        }),
      });
      if (!answer.ok) throw new Error(`the fake refused its state: ${await answer.text()}`);
    },
    stop: async () => {
      await askBroker('azure/stop', id);
    },
  };
}
