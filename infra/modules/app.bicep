// One Function App: Flex Consumption, Node 24, one identity, no keys.
param location string
param tags object
param token string
param app string

@description('The groups of functions it runs.')
param groups string

param identityId string
param clientId string
param hostStorageName string
param subnetId string
param addresses object
param authTenantId string
param authAudience string
param armSubscriptions string
param overrides object

var login = environment().authentication.loginEndpoint
var issuer = '${login}${authTenantId}/v2.0'

// What the app reads (shared/config.ts); all others have their defaults in settings.json.
var wired = {
  FUNCTION_GROUPS: groups
  AUTH_ISSUER: issuer
  AUTH_AUDIENCE: authAudience
  AUTH_JWKS_URL: '${login}${authTenantId}/discovery/v2.0/keys'
  STORAGE_BLOB_URL: addresses.blob
  STORAGE_TABLE_URL: addresses.table
  ServiceBus__fullyQualifiedNamespace: addresses.bus
  AZURE_CLIENT_ID: clientId
  ARM_URL: substring(environment().resourceManager, 0, length(environment().resourceManager) - 1)
  ARM_SUBSCRIPTIONS: armSubscriptions
  TOKEN_VAULT_URL: addresses.tokenVault
  SIGNING_VAULT_URL: addresses.vault
  SIGNING_KEY_NAME: addresses.signingKey
  PSEUDONYM_KEY: '@Microsoft.KeyVault(SecretUri=${addresses.pseudonymKey})'
  APPLICATIONINSIGHTS_CONNECTION_STRING: addresses.appInsights
}

// What the Functions host reads.
var host = {
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: clientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
}

var appSettings = union(loadJsonContent('../settings.json'), overrides, wired, host)

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${app}-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${app}-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': app })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      siteUpdateStrategy: { type: 'RollingUpdate' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}code'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: appSettings
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output url string = 'https://${site.properties.defaultHostName}'
