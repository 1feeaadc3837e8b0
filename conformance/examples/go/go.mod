module ingenium.example/strategies

go 1.21

require ingenium.example/events v0.0.0

replace ingenium.example/events => ../../../codegen/generated/go
