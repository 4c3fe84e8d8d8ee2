// Two vaults. The first keeps what must not get lost: the key that signs receipts, and the key of request ids. The
// second keeps tokens of workspaces, which must be gone for good once they are removed: no purge protection.
param location string
param tags object
param token string
param isPublic bool

@secure()
param pseudonymKey string

var access = {
  tenantId: tenant().tenantId
  sku: { family: 'A', name: 'standard' }
  enableRbacAuthorization: true
  enabledForDeployment: false
  enabledForDiskEncryption: false
  enabledForTemplateDeployment: false
  publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  networkAcls: { bypass: 'None', defaultAction: isPublic ? 'Allow' : 'Deny' }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: union(access, { enablePurgeProtection: true, softDeleteRetentionInDays: 90 })
}

resource signingKey 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {
  parent: vault
  name: 'receipts'
  properties: { kty: 'EC', curveName: 'P-256', keyOps: ['sign', 'verify'], attributes: { enabled: true } }
}

resource idKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'pseudonym-key'
  properties: { value: pseudonymKey }
}

resource tokenVault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kvt-${token}'
  location: location
  tags: tags
  properties: union(access, { softDeleteRetentionInDays: 7 })
}

output vaultId string = vault.id
output vaultName string = vault.name
output vaultUrl string = vault.properties.vaultUri
output signingKeyName string = signingKey.name
output pseudonymKeyUri string = idKey.properties.secretUri
output tokenVaultId string = tokenVault.id
output tokenVaultUrl string = tokenVault.properties.vaultUri
