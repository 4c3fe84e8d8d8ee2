import type { PersonKey, SubscriptionKey } from "./seed-types.ts";

/** Invented people under reserved domains. A guest has no account, an invited person no name yet. */
export const PEOPLE: Readonly<
  Record<PersonKey, { readonly email: string | null; readonly name: string | null }>
> = {
  guest: { email: null, name: "Guest" },
  maja: { email: "maja.lindqvist@example.com", name: "Maja Lindqvist" },
  tomas: { email: "tomas.ribeiro@example.org", name: "Tomás Ribeiro" },
  ines: { email: "ines.haddad@example.net", name: "Ines Haddad" },
  priya: { email: "priya.raman@contoso.example", name: "Priya Raman" },
  jonas: { email: "jonas.weber@contoso.example", name: "Jonas Weber" },
  lucy: { email: "lucy.okafor@contoso.example", name: "Lucy Okafor" },
  dmitri: { email: "dmitri.volkov@fabrikam.example", name: "Dmitri Volkov" },
  hana: { email: "hana.sato@fabrikam.example", name: "佐藤 花" },
  wei: { email: "wei.ling@northwind.example", name: "Wei Ling" },
  carl: { email: "carl.ekberg@adatum.example", name: "Carl Ekberg" },
  temp: { email: "consultant7@partner.example", name: null },
};

/** Azure subscriptions that hold the paid workspaces. */
export const SUBSCRIPTIONS: Readonly<
  Record<SubscriptionKey, { readonly id: string; readonly name: string }>
> = {
  A: { id: "f52ca913-39ff-4bb4-89ea-a4ef9043fd2d", name: "Contoso Analytics" },
  B: { id: "5a5a06b5-bfb8-4391-8bc3-965a3a7eda60", name: "Partner Analytics" },
};

/** The one directory (Entra tenant) that the subscriptions and all identities belong to. */
export const TENANT_ID = "9ac32fb5-13a0-4e46-86d5-3798dc8f8083";
