// One identity for each app: what an app may do is what its identity may do (roles.bicep).
param location string
param tags object
param token string
param apps string[]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [
  for app in apps: {
    name: 'id-${app}-${token}'
    location: location
    tags: tags
  }
]

// In the order of the apps.
output ids array = [for (app, i) in apps: identity[i].id]
output clientIds array = [for (app, i) in apps: identity[i].properties.clientId]
output principals array = [for (app, i) in apps: identity[i].properties.principalId]
