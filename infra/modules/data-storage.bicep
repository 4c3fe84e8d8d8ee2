// The ledger, the packages and the receipts.
//
// A purged package has to be gone: no versions, no soft delete of blobs or containers. Receipts are the opposite: a
// policy on their container keeps each for the retention time. It is made unlocked; locking it cannot be undone and
// is for a person (docs/operations.md).
param location string
param tags object
param token string
param isPublic bool
param sku string
param receiptRetentionDays int

var tables = ['requests', 'due', 'list', 'workspaces', 'controls', 'claims', 'limits']

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stdata${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: { bypass: 'None', defaultAction: isPublic ? 'Allow' : 'Deny' }
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: { blob: { enabled: true }, table: { enabled: true, keyType: 'Account' } }
    }
    sasPolicy: { sasExpirationPeriod: '7.00:00:00', expirationAction: 'Log' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: false
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: false }
    changeFeed: { enabled: false }
    restorePolicy: { enabled: false }
  }
}

resource receipts 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: 'receipts'
  properties: { publicAccess: 'None' }
}

resource receiptsKept 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = {
  parent: receipts
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: receiptRetentionDays
    allowProtectedAppendWrites: false
  }
}

// Receipts are rarely read once they were handed over.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'cool-receipts'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['receipts/'] }
            actions: { baseBlob: { tierToCool: { daysAfterCreationGreaterThan: 90 } } }
          }
        }
      ]
    }
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for name in tables: {
    parent: tableService
    name: name
  }
]

output id string = account.id
output blobUrl string = substring(account.properties.primaryEndpoints.blob, 0, length(account.properties.primaryEndpoints.blob) - 1)
output tableUrl string = substring(account.properties.primaryEndpoints.table, 0, length(account.properties.primaryEndpoints.table) - 1)
