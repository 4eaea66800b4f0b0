// The codes of Node's TLS and of OpenSSL's verification; nodemailer keeps only the message.
const PROBLEM = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|certificate|self.signed|altnames/i;

/** Whether an error says that the other side's certificate is not valid: waiting will not mend that. */
export function isCertificateProblem(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PROBLEM.test(code) || PROBLEM.test(error.message);
}
