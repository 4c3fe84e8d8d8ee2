// The whole deployment: one resource group, and what the apps may do in the subscriptions of the workspaces.
targetScope = 'subscription'

@description('Names the environment; every resource gets its name from it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The region of all resources. It must have Flex Consumption.')
param location string

@description('The application id URI of the app registration (infra/entra/register-app.sh).')
param authAudience string

@description('The tenant that issues callers\' tokens.')
param authTenantId string = tenant().tenantId

@description('The subscriptions that hold Studio (classic) workspaces, with commas; empty for the one of the deployment.')
param workspaceSubscriptions string = ''

@description('The key that turns submitter and idempotency key into a request id. It must stay the same for good.')
@secure()
@minLength(32)
param pseudonymKey string

@description('Subscriptions of the topic of events, one for each system that listens.')
param eventSubscriptions array = ['tickets']

@description('The object id of a ticketing system\'s identity that sends to the queue of tickets; empty for none.')
param ticketingPrincipalId string = ''

@description('All functions in one app under one identity. Simpler, but what exports can then also delete.')
param singleApp bool = false

@description('Private endpoints for storage, bus and vaults, and no public access to them. Needs Service Bus Premium.')
param privateNetwork bool = false

@description('How the account of ledger and packages is replicated; not every region has zones.')
@allowed(['Standard_ZRS', 'Standard_LRS'])
param dataStorageSku string = 'Standard_ZRS'

@description('Who is mailed by alerts; empty for nobody.')
param alertEmail string = ''

@description('For how many days a receipt can be neither changed nor deleted.')
@minValue(1)
@maxValue(3650)
param receiptRetentionDays int = 1095

@description('Settings that differ from infra/settings.json, by name (docs/settings.md).')
param settings object = {}

var groups = ['intake', 'export', 'delete', 'upkeep']
var apps = singleApp ? ['intake'] : groups
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var subscriptionList = empty(workspaceSubscriptions) ? subscription().subscriptionId : workspaceSubscriptions
var subscriptionIds = map(split(subscriptionList, ','), id => trim(id))

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { location: location, tags: tags, token: token, apps: apps }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: { location: location, tags: tags, token: token }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: { location: location, tags: tags, token: token }
}

module data 'modules/data-storage.bicep' = {
  name: 'data-storage'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPublic: !privateNetwork
    sku: dataStorageSku
    receiptRetentionDays: receiptRetentionDays
  }
}

module hosts 'modules/host-storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: { location: location, tags: tags, token: token, apps: apps, isPublic: !privateNetwork }
}

module bus 'modules/bus.bicep' = {
  name: 'bus'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPublic: !privateNetwork
    eventSubscriptions: eventSubscriptions
  }
}

module vaults 'modules/vaults.bicep' = {
  name: 'vaults'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPublic: !privateNetwork
    pseudonymKey: pseudonymKey
  }
}

module endpoints 'modules/endpoints.bicep' = if (privateNetwork) {
  name: 'endpoints'
  scope: group
  params: {
    location: location
    tags: tags
    networkName: network.?outputs.name ?? ''
    targets: [
      { name: 'data-blob', id: data.outputs.id, part: 'blob' }
      { name: 'data-table', id: data.outputs.id, part: 'table' }
      { name: 'bus', id: bus.outputs.id, part: 'namespace' }
      { name: 'vault', id: vaults.outputs.vaultId, part: 'vault' }
      { name: 'token-vault', id: vaults.outputs.tokenVaultId, part: 'vault' }
    ]
    hostIds: hosts.outputs.ids
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    token: token
    apps: apps
    principals: identities.outputs.principals
    ticketingPrincipalId: ticketingPrincipalId
  }
  dependsOn: [monitoring, data, hosts, bus, vaults]
}

module workspaceRoles 'modules/workspace-roles.bicep' = [
  for id in subscriptionIds: {
    name: 'workspace-roles-${token}'
    scope: subscription(id)
    params: {
      token: token
      exportPrincipalId: identities.outputs.principals[max(indexOf(apps, 'export'), 0)]
      deletePrincipalId: identities.outputs.principals[max(indexOf(apps, 'delete'), 0)]
    }
  }
]

module functionApps 'modules/app.bicep' = [
  for (app, i) in apps: {
    name: 'app-${app}'
    scope: group
    params: {
      location: location
      tags: tags
      token: token
      app: app
      groups: singleApp ? join(groups, ',') : app
      identityId: identities.outputs.ids[i]
      clientId: identities.outputs.clientIds[i]
      hostStorageName: hosts.outputs.names[i]
      subnetId: network.?outputs.appsSubnetId ?? ''
      addresses: {
        blob: data.outputs.blobUrl
        table: data.outputs.tableUrl
        bus: bus.outputs.host
        vault: vaults.outputs.vaultUrl
        tokenVault: vaults.outputs.tokenVaultUrl
        pseudonymKey: vaults.outputs.pseudonymKeyUri
        signingKey: vaults.outputs.signingKeyName
        appInsights: monitoring.outputs.connectionString
      }
      authTenantId: authTenantId
      authAudience: authAudience
      armSubscriptions: join(subscriptionIds, ',')
      overrides: settings
    }
    dependsOn: [roles]
  }
]

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    email: alertEmail
    logsId: monitoring.outputs.logsId
    busId: bus.outputs.id
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: { location: location, tags: tags, logsId: monitoring.outputs.logsId }
}

output AZURE_RESOURCE_GROUP string = group.name
output STUDIO_DSR_URL string = functionApps[0].outputs.url
output STUDIO_DSR_VAULT string = vaults.outputs.vaultName
output STUDIO_DSR_BUS string = bus.outputs.host
