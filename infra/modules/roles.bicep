// Who may do what: every role assignment within the resource group, as one table. What the apps may do with the
// workspaces themselves is in workspace-roles.bicep. `npm run check` compares both with infra/checks/allow-matrix.ts.
param token string
param apps string[]

@description('Of the apps\' identities, in their order.')
param principals array

@description('A ticketing system\'s identity, or empty.')
param ticketingPrincipalId string

// Role ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  blobDelegator: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  busSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  busReceiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  cryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424'
  vaultReader: '21090545-7ca7-4776-b22c-e363652d74d2'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

// `host` is the app's own host storage; `bus/<name>` a queue or topic; `key` and `secret` single ones in the vault.
var table = [
  // Takes requests and tickets (one that waits is sent again), answers people, registers workspaces, hands out links;
  // what people end owes a receipt.
  { who: 'intake', role: 'blobOwner', on: 'host' }
  { who: 'intake', role: 'metricsPublisher', on: 'insights' }
  { who: 'intake', role: 'tableContributor', on: 'data' }
  { who: 'intake', role: 'blobReader', on: 'data' }
  { who: 'intake', role: 'blobDelegator', on: 'data' }
  { who: 'intake', role: 'busReceiver', on: 'bus/privacy-requests' }
  { who: 'intake', role: 'busSender', on: 'bus/privacy-requests' }
  { who: 'intake', role: 'busSender', on: 'bus/privacy-requests-rejected' }
  { who: 'intake', role: 'busSender', on: 'bus/plans' }
  { who: 'intake', role: 'busSender', on: 'bus/seals' }
  { who: 'intake', role: 'busSender', on: 'bus/privacy-events' }
  { who: 'intake', role: 'secretsOfficer', on: 'tokenVault' }
  { who: 'intake', role: 'secretsUser', on: 'secret' }
  { who: 'intake', role: 'vaultReader', on: 'key' }

  // Plans, exports and seals. It sends to `deletes`, because it fans plans out; a message is no authority.
  { who: 'export', role: 'blobOwner', on: 'host' }
  { who: 'export', role: 'metricsPublisher', on: 'insights' }
  { who: 'export', role: 'tableContributor', on: 'data' }
  { who: 'export', role: 'blobContributor', on: 'data' }
  { who: 'export', role: 'busReceiver', on: 'bus/plans' }
  { who: 'export', role: 'busReceiver', on: 'bus/exports' }
  { who: 'export', role: 'busReceiver', on: 'bus/seals' }
  { who: 'export', role: 'busSender', on: 'bus/plans' }
  { who: 'export', role: 'busSender', on: 'bus/exports' }
  { who: 'export', role: 'busSender', on: 'bus/seals' }
  { who: 'export', role: 'busSender', on: 'bus/deletes' }
  { who: 'export', role: 'busSender', on: 'bus/privacy-events' }
  { who: 'export', role: 'secretsUser', on: 'tokenVault' }
  { who: 'export', role: 'secretsUser', on: 'secret' }
  { who: 'export', role: 'cryptoUser', on: 'key' }

  // Deletes and verifies; writes reports and receipts.
  { who: 'delete', role: 'blobOwner', on: 'host' }
  { who: 'delete', role: 'metricsPublisher', on: 'insights' }
  { who: 'delete', role: 'tableContributor', on: 'data' }
  { who: 'delete', role: 'blobContributor', on: 'data' }
  { who: 'delete', role: 'busReceiver', on: 'bus/deletes' }
  { who: 'delete', role: 'busSender', on: 'bus/plans' }
  { who: 'delete', role: 'busSender', on: 'bus/deletes' }
  { who: 'delete', role: 'busSender', on: 'bus/seals' }
  { who: 'delete', role: 'busSender', on: 'bus/privacy-events' }
  { who: 'delete', role: 'secretsUser', on: 'tokenVault' }
  { who: 'delete', role: 'secretsUser', on: 'secret' }
  { who: 'delete', role: 'cryptoUser', on: 'key' }

  // Sends what is owed, and again what the broker gave up on; purges packages and tokens; issues receipts that are owed.
  { who: 'upkeep', role: 'blobOwner', on: 'host' }
  { who: 'upkeep', role: 'metricsPublisher', on: 'insights' }
  { who: 'upkeep', role: 'tableContributor', on: 'data' }
  { who: 'upkeep', role: 'blobContributor', on: 'data' }
  { who: 'upkeep', role: 'busReceiver', on: 'bus/plans' }
  { who: 'upkeep', role: 'busReceiver', on: 'bus/exports' }
  { who: 'upkeep', role: 'busReceiver', on: 'bus/seals' }
  { who: 'upkeep', role: 'busReceiver', on: 'bus/deletes' }
  { who: 'upkeep', role: 'busSender', on: 'bus/plans' }
  { who: 'upkeep', role: 'busSender', on: 'bus/exports' }
  { who: 'upkeep', role: 'busSender', on: 'bus/seals' }
  { who: 'upkeep', role: 'busSender', on: 'bus/deletes' }
  { who: 'upkeep', role: 'busSender', on: 'bus/privacy-events' }
  { who: 'upkeep', role: 'secretsOfficer', on: 'tokenVault' }
  { who: 'upkeep', role: 'secretsUser', on: 'secret' }
  { who: 'upkeep', role: 'cryptoUser', on: 'key' }

  // Operators look through its dead letters by the upkeep app, those of tickets too.
  { who: 'upkeep', role: 'busReceiver', on: 'bus/privacy-requests' }
  { who: 'upkeep', role: 'busReceiver', on: 'bus/privacy-requests-rejected' }
  { who: 'upkeep', role: 'busSender', on: 'bus/privacy-requests' }
  { who: 'upkeep', role: 'busSender', on: 'bus/privacy-requests-rejected' }

  // A ticketing system hands tickets in, and hears of what becomes of them.
  { who: 'ticketing', role: 'busSender', on: 'bus/privacy-requests' }
  { who: 'ticketing', role: 'busReceiver', on: 'bus/privacy-events' }
]

// In a single app, one identity has the rights of all; `union` leaves each once.
var people = filter(table, row => row.who != 'ticketing' || !empty(ticketingPrincipalId))
var isSingle = length(apps) == 1
var merged = map(people, row => { who: isSingle && row.who != 'ticketing' ? apps[0] : row.who, role: row.role, on: row.on })
var rows = union(merged, [])
var everyone = concat(apps, ['ticketing'])
var ids = concat(principals, [ticketingPrincipalId])
var onHost = filter(rows, row => row.on == 'host')
var onInsights = filter(rows, row => row.on == 'insights')
var onData = filter(rows, row => row.on == 'data')
var onTokenVault = filter(rows, row => row.on == 'tokenVault')
var onSecret = filter(rows, row => row.on == 'secret')
var onKey = filter(rows, row => row.on == 'key')
var bus = loadJsonContent('../bus.json')
var queues = map(bus.queues, queue => queue.name)
var topics = map(bus.topics, topic => topic.name)
var onQueue = filter(rows, row => startsWith(row.on, 'bus/') && contains(queues, substring(row.on, 4)))
var onTopic = filter(rows, row => startsWith(row.on, 'bus/') && contains(topics, substring(row.on, 4)))

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = [for app in apps: { name: 'st${app}${token}' }]
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: 'appi-${token}' }
resource data 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: 'stdata${token}' }
resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = { name: 'sb-${token}' }
resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [for name in queues: { parent: namespace, name: name }]
resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = [for name in topics: { parent: namespace, name: name }]
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kv-${token}' }
resource key 'Microsoft.KeyVault/vaults/keys@2023-07-01' existing = { parent: vault, name: 'receipts' }
resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' existing = { parent: vault, name: 'pseudonym-key' }
resource tokenVault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: 'kvt-${token}' }

resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onHost: {
    name: guid(hostAccount[indexOf(apps, row.who)].id, row.who, row.role)
    scope: hostAccount[indexOf(apps, row.who)]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource insightsRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onInsights: {
    name: guid(insights.id, row.who, row.role)
    scope: insights
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource dataRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onData: {
    name: guid(data.id, row.who, row.role)
    scope: data
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onQueue: {
    name: guid(queue[indexOf(queues, substring(row.on, 4))].id, row.who, row.role)
    scope: queue[indexOf(queues, substring(row.on, 4))]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource topicRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onTopic: {
    name: guid(topic[indexOf(topics, substring(row.on, 4))].id, row.who, row.role)
    scope: topic[indexOf(topics, substring(row.on, 4))]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource tokenVaultRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onTokenVault: {
    name: guid(tokenVault.id, row.who, row.role)
    scope: tokenVault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource secretRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onSecret: {
    name: guid(secret.id, row.who, row.role)
    scope: secret
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]

resource keyRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in onKey: {
    name: guid(key.id, row.who, row.role)
    scope: key
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
      principalId: ids[indexOf(everyone, row.who)]
      principalType: 'ServicePrincipal'
    }
  }
]
