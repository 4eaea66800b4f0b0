import { generate } from 'selfsigned';

/** A certificate of its own making and its key, PEM; trust it by handing `cert` on as `ca`. */
export async function testCertificate(name: string): Promise<{ key: string; cert: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key, cert };
}
