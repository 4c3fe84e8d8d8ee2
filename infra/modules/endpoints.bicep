// Private endpoints, and the names by which the apps find them.
param location string
param tags object
param networkName string

@description('name, id and part (group id) of each resource.')
param targets array

@description('The accounts of the Functions hosts.')
param hostIds array

var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  namespace: 'privatelink.servicebus.windows.net'
  vault: 'privatelink.vaultcore.azure.net'
}
var parts = ['blob', 'table', 'namespace', 'vault']
var hostTargets = map(range(0, length(hostIds)), i => { name: 'host-${i}-blob', id: hostIds[i], part: 'blob' })
var all = concat(targets, hostTargets)

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: networkName

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = [
  for part in parts: {
    name: zones[part]
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [
  for (part, i) in parts: {
    parent: zone[i]
    name: networkName
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for target in all: {
    name: 'pe-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpoints.id }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: { privateLinkServiceId: target.id, groupIds: [target.part] }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (target, i) in all: {
    parent: endpoint[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: target.part, properties: { privateDnsZoneId: zone[indexOf(parts, target.part)].id } }
      ]
    }
  }
]
