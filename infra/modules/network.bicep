// The network of a private deployment: one subnet for the apps, one for the endpoints of what they use.
param location string
param tags object
param token string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.0.0.0/24'
          delegations: [
            { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.0.1.0/24', privateEndpointNetworkPolicies: 'Disabled' }
      }
    ]
  }

  resource apps 'subnets' existing = {
    name: 'apps'
  }
}

output name string = network.name
output appsSubnetId string = network::apps.id
