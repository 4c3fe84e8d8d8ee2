// What somebody has to look at. docs/operations.md says of each what it means and what to do.
param location string
param tags object
param token string
param email string
param logsId string
param busId string

// A gauge or counter of the app, over the window of the alert (docs/operations.md lists them).
var metric = 'AppMetrics | where Name == "studio_dsr.{0}"'

var queries = [
  {
    name: 'no-signal'
    description: 'The backlog was not measured: the upkeep app does not run, or its telemetry does not come.'
    severity: 0
    window: 'PT30M'
    query: '${format(metric, 'requests.open.total')} | summarize value = count()'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'deadline-near'
    description: 'An open request is less than five days from its deadline.'
    severity: 0
    window: 'PT30M'
    query: '${format(metric, 'deadline.days_left')} | summarize value = min(Sum) | where value < 5'
    operator: 'LessThan'
    threshold: 5
  }
  {
    name: 'purge-late'
    description: 'A package is there two hours after it had to be purged.'
    severity: 1
    window: 'PT30M'
    query: '${format(metric, 'purge.lag')} | summarize value = max(Sum)'
    operator: 'GreaterThan'
    threshold: 7200
  }
  {
    name: 'looks-late'
    description: 'The reconciler is fifteen minutes late.'
    severity: 1
    window: 'PT30M'
    query: '${format(metric, 'look.lag')} | summarize value = max(Sum)'
    operator: 'GreaterThan'
    threshold: 900
  }
  {
    name: 'requests-stuck'
    description: 'A request that machines work on has been open for a day.'
    severity: 1
    window: 'PT30M'
    query: '${format(metric, 'requests.oldest_age')} | where tostring(Properties.state) in ("accepted", "planning", "running", "verifying", "sealing") | summarize value = max(Sum)'
    operator: 'GreaterThan'
    threshold: 86400
  }
  {
    name: 'requests-blocked'
    description: 'A request has been open for two days and waits for a right or a lock.'
    severity: 2
    window: 'PT30M'
    query: '${format(metric, 'requests.oldest_age')} | where tostring(Properties.state) == "blocked" | summarize value = max(Sum)'
    operator: 'GreaterThan'
    threshold: 172800
  }
  {
    name: 'outbox-deep'
    description: 'More than 100 messages or events are owed: the bus is not reached.'
    severity: 1
    window: 'PT15M'
    query: '${format(metric, 'outbox.depth')} | summarize value = min(Sum)'
    operator: 'GreaterThan'
    threshold: 100
  }
  {
    name: 'queue-slow'
    description: 'Messages wait for more than fifteen minutes before they are taken.'
    severity: 2
    window: 'PT30M'
    query: '${format(metric, 'message.age')} | summarize value = max(Max)'
    operator: 'GreaterThan'
    threshold: 900
  }
  {
    name: 'source-throttles'
    description: 'More than a fifth of the answers are 429.'
    severity: 2
    window: 'PT30M'
    query: '${format(metric, 'http.answers')} | summarize throttled = sumif(Sum, tostring(Properties["http.response.status_code"]) == "429"), all = sum(Sum) | where all > 50 | project value = 100.0 * throttled / all'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'calls-fail'
    description: 'More than ten calls of the API ended with a status of 500 or above.'
    severity: 2
    window: 'PT15M'
    query: '${format(metric, 'events')} | where tostring(Properties.event) == "call-failed" | summarize value = sum(Sum)'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    name: 'steps-fail'
    description: 'Steps end for good without success, or cannot even record their failure.'
    severity: 1
    window: 'PT1H'
    query: '${format(metric, 'events')} | where tostring(Properties.event) in ("step-failed", "step-thrown") | summarize value = sum(Sum)'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'deletions-burst'
    description: 'More than 20 deletions began within an hour.'
    severity: 0
    window: 'PT1H'
    query: '${format(metric, 'events')} | where tostring(Properties.event) == "state-changed" and tostring(Properties.from) == "scheduled" and tostring(Properties.to) == "running" | summarize value = sum(Sum)'
    operator: 'GreaterThan'
    threshold: 20
  }
]

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'studio-dsr'
    enabled: true
    emailReceivers: empty(email) ? [] : [{ name: 'mail', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [
  for one in queries: {
    name: one.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'studio-dsr ${one.name}'
      description: one.description
      severity: one.severity
      enabled: true
      scopes: [logsId]
      evaluationFrequency: 'PT5M'
      windowSize: one.window
      autoMitigate: true
      // The table is not there before the first metric.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: one.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'value'
            operator: one.operator
            threshold: one.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actions.id] }
    }
  }
]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'A queue or subscription has dead letters.'
    severity: 1
    enabled: true
    scopes: [busId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-letters'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Maximum'
        }
      ]
    }
    actions: [{ actionGroupId: actions.id }]
  }
}
