// What the apps may do with Studio (classic) workspaces: two custom roles, since no built-in one is narrow enough.
// Operations: https://learn.microsoft.com/azure/role-based-access-control/permissions/ai-machine-learning
targetScope = 'subscription'

param token string
param exportPrincipalId string
param deletePrincipalId string

var reading = [
  'Microsoft.MachineLearning/workspaces/read'
  'Microsoft.MachineLearning/workspaces/listWorkspaceKeys/action'
  'Microsoft.MachineLearning/webServices/read'
  'Microsoft.MachineLearning/commitmentPlans/read'
  'Microsoft.MachineLearning/commitmentPlans/commitmentAssociations/read'
  'Microsoft.Authorization/locks/read'
]
var deleting = [
  'Microsoft.MachineLearning/workspaces/read'
  'Microsoft.MachineLearning/workspaces/delete'
  'Microsoft.MachineLearning/workspaces/listWorkspaceKeys/action'
  'Microsoft.MachineLearning/webServices/read'
  'Microsoft.MachineLearning/webServices/delete'
  'Microsoft.MachineLearning/commitmentPlans/read'
  'Microsoft.MachineLearning/commitmentPlans/commitmentAssociations/read'
  'Microsoft.Authorization/locks/read'
]

resource reader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'reader')
  properties: {
    roleName: 'studio-dsr workspace reader ${token} ${uniqueString(subscription().id)}'
    description: 'Reads Studio (classic) workspaces and their keys, for exports.'
    type: 'CustomRole'
    permissions: [{ actions: reading, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource deleter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'deleter')
  properties: {
    roleName: 'studio-dsr workspace deleter ${token} ${uniqueString(subscription().id)}'
    description: 'Deletes Studio (classic) workspaces and their web services, and looks whether they are gone.'
    type: 'CustomRole'
    permissions: [{ actions: deleting, notActions: [], dataActions: [], notDataActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource exportReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(reader.id, exportPrincipalId)
  properties: {
    roleDefinitionId: reader.id
    principalId: exportPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deleteDeletes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deleter.id, deletePrincipalId)
  properties: {
    roleDefinitionId: deleter.id
    principalId: deletePrincipalId
    principalType: 'ServicePrincipal'
  }
}
