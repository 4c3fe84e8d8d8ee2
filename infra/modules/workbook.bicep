// The page to look at first; its tiles are in workbook.json.
param location string
param tags object
param logsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'studio-dsr')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'studio-dsr'
    category: 'workbook'
    version: '1.0'
    sourceId: logsId
    serializedData: loadTextContent('../workbook.json')
  }
}
