// Queues and the topic of events, all from bus.json. Duplicate detection can only be set when a queue is made.
param location string
param tags object
param token string
param isPublic bool
param eventSubscriptions array

var bus = loadJsonContent('../bus.json')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-${token}'
  location: location
  tags: tags
  sku: isPublic ? { name: 'Standard', tier: 'Standard' } : { name: 'Premium', tier: 'Premium', capacity: 1 }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for one in bus.queues: {
    parent: namespace
    name: one.name
    properties: {
      lockDuration: one.lockDuration
      maxDeliveryCount: one.maxDeliveryCount
      requiresDuplicateDetection: one.detectsDuplicates
      duplicateDetectionHistoryTimeWindow: 'PT1H'
      defaultMessageTimeToLive: one.timeToLive
      deadLetteringOnMessageExpiration: true
    }
  }
]

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [
  for one in bus.topics: {
    parent: namespace
    name: one.name
    properties: {
      requiresDuplicateDetection: one.detectsDuplicates
      duplicateDetectionHistoryTimeWindow: 'PT1H'
      defaultMessageTimeToLive: one.timeToLive
    }
  }
]

resource listener 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for name in eventSubscriptions: {
    parent: topic[0]
    name: name
    properties: {
      lockDuration: bus.topics[0].subscription.lockDuration
      maxDeliveryCount: bus.topics[0].subscription.maxDeliveryCount
      deadLetteringOnMessageExpiration: true
    }
  }
]

output id string = namespace.id
output host string = '${namespace.name}.servicebus.windows.net'
