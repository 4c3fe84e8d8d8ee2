// What the Functions host keeps: the deployed code, the state of timers. Each app has an account of its own, because
// whoever can write another app's code is that app.
param location string
param tags object
param token string
param apps string[]
param isPublic bool

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = [
  for app in apps: {
    name: 'st${app}${token}'
    location: location
    tags: tags
    kind: 'StorageV2'
    sku: { name: 'Standard_LRS' }
    properties: {
      allowBlobPublicAccess: false
      allowSharedKeyAccess: false
      allowCrossTenantReplication: false
      defaultToOAuthAuthentication: true
      minimumTlsVersion: 'TLS1_2'
      supportsHttpsTrafficOnly: true
      publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
      networkAcls: { bypass: 'None', defaultAction: isPublic ? 'Allow' : 'Deny' }
    }
  }
]

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = [
  for (app, i) in apps: {
    parent: account[i]
    name: 'default'
  }
]

resource code 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for (app, i) in apps: {
    parent: blobs[i]
    name: 'code'
    properties: { publicAccess: 'None' }
  }
]

// In the order of the apps.
output ids array = [for (app, i) in apps: account[i].id]
output names array = [for (app, i) in apps: account[i].name]
