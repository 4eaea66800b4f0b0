import type { ConnectionMode } from '../contracts/connection.ts';
import type { Provider } from '../contracts/scalars.ts';

/** A connection of the fictional company "Northwind Robotics". */
export interface DemoConnection {
  /** UUIDv5 of the provider's name under `demo.costguard.example`: the same in every demo. */
  id: string;
  provider: Provider;
  name: string;
  mode: ConnectionMode;
  /** Whether its newest costs come from a real poll (of the demo AWS account) or are filled in by `extendDemo`. */
  polled: boolean;
}

/** The five connections of the demo. Only the AWS one can act: its account really has the instances that it bills. */
export const DEMO_CONNECTIONS: readonly DemoConnection[] = [
  {
    id: '258ea2a4-207f-5b02-9518-f6c08d6e0fc8',
    provider: 'aws',
    name: 'Northwind AWS',
    mode: 'actions',
    polled: true,
  },
  {
    id: 'bb6df49a-9779-5d87-92b5-2aa774302534',
    provider: 'gcp',
    name: 'Northwind Google Cloud',
    mode: 'read_only',
    polled: false,
  },
  {
    id: '49b4f9f9-5bad-5643-8385-cb0dea0654ca',
    provider: 'azure',
    name: 'Northwind Azure',
    mode: 'read_only',
    polled: false,
  },
  {
    id: 'bc169597-ae6d-5f11-ae8f-b32b33441b94',
    provider: 'openai',
    name: 'Northwind OpenAI',
    mode: 'read_only',
    polled: false,
  },
  {
    id: '99e6049f-2f4c-5c23-ae14-208dcddfd21a',
    provider: 'anthropic',
    name: 'Northwind Anthropic',
    mode: 'read_only',
    polled: false,
  },
];
