module ingenium.example/interop

go 1.21

require ingenium.example/events v0.0.0

replace ingenium.example/events => ../../generated/go
