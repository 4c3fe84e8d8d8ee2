import { credentialOf, hexOf, signatureOf } from "../seed/derived-ids.ts";

/** A credential, and the text that people wrote it in. */
export type WrittenSecret = { readonly secret: string; readonly text: string };

/** Ways in which people leave credentials in texts. All values are made from the label. */
export const SECRET_FORMS = {
  key: (label) => written(keyOf(label), (secret) => secret),
  password: (label) => written(passwordOf(label), (secret) => secret),
  tokenHeader: (label) =>
    written(keyOf(label), (secret) => `x-ms-metaanalytics-authorizationtoken: ${secret}`),
  bearer: (label) => written(keyOf(label), (secret) => `Authorization: Bearer ${secret}`),
  accountKey: (label) =>
    written(
      keyOf(label),
      (secret) =>
        `DefaultEndpointsProtocol=https;AccountName=raw;AccountKey=${secret};EndpointSuffix=core.windows.net`,
    ),
  serviceBus: (label) =>
    written(
      signatureOf(`planted:${label}`),
      (secret) =>
        `Endpoint=sb://crm.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=${secret}`,
    ),
  sasUrl: (label) => written(signatureOf(`planted:${label}`), sasUrlOf),
  encodedSasUrl: (label) =>
    written(
      signatureOf(`planted:${label}`),
      (secret) => `https://relay.example/get?uri=${encodeURIComponent(sasUrlOf(secret))}`,
    ),
  encodedToken: (label) =>
    written(
      keyOf(label),
      (secret) => `https://relay.example/api?token=${encodeURIComponent(secret)}`,
    ),
  sqlConnection: (label) =>
    written(
      passwordOf(label),
      (secret) =>
        `Server=tcp:db.example,1433;Database=crm;User ID=etl;Password=${secret};Encrypt=True`,
    ),
  jdbc: (label) =>
    written(
      passwordOf(label),
      (secret) => `jdbc:sqlserver://db.example:1433;databaseName=crm;user=etl;password=${secret};`,
    ),
  userInfo: (label) =>
    written(passwordOf(label), (secret) => `postgres://etl:${secret}@db.example:5432/crm`),
  clientSecret: (label) => written(passwordOf(label), (secret) => `client_secret=${secret}`),
  pythonKey: (label) =>
    written(keyOf(label), (secret) => `service = BlobService(account_key="${secret}")`),
  rToken: (label) =>
    written(
      hexOf(`planted:${label}`),
      (secret) => `ws <- workspace(id = "crm", auth = "${secret}")`,
    ),
} satisfies Record<string, (label: string) => WrittenSecret>;

/** One of `SECRET_FORMS`. */
export type SecretForm = keyof typeof SECRET_FORMS;

function written(secret: string, write: (secret: string) => string): WrittenSecret {
  return { secret, text: write(secret) };
}

function sasUrlOf(signature: string): string {
  const query = `sv=2015-02-21&sr=b&sig=${encodeURIComponent(signature)}&se=2030-01-01T00%3A00%3A00Z&sp=r`;
  return `https://raw.blob.core.windows.net/raw/customers.csv?${query}`;
}

function keyOf(label: string): string {
  return credentialOf(`planted:${label}`);
}

function passwordOf(label: string): string {
  return `Pw-${hexOf(`planted:${label}`, 24)}`;
}
