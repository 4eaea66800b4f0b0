/** A request to a provider that came to an end, as the audit log keeps it; never a credential, a header or a body. */
export interface CloudCall {
  provider: 'aws' | 'gcp' | 'azure' | 'openai' | 'anthropic';
  /** `ec2:StopInstances`, or method and path. */
  operation: string;
  /** What it was about; null where it was about nothing of one name. */
  resource: string | null;
  /** The provider's own id of the request, for its support and its own log; null where none came. */
  requestId: string | null;
  /** ok, or the provider's word for what went wrong. */
  outcome: string;
  /** Times it was sent. */
  attempts: number;
}

/** Takes a call down; it never throws, since the call has happened by then. */
export type NoteCloudCall = (call: CloudCall) => Promise<void>;
